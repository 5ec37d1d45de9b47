using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers;

/// <summary>A call that makes the process hold on to what it is given.</summary>
/// <param name="Name">The method, with its type.</param>
/// <param name="UndoneBy">The method that ends it, which has to be called in the same class; null when only disposing the result does, or nothing.</param>
/// <param name="IsDisposable">Whether its result ends it when it is disposed.</param>
/// <param name="Advice">What to do.</param>
internal sealed record LastingCall(string Name, string? UndoneBy, bool IsDisposable, string Advice)
{
    private static readonly Dictionary<string, LastingCall> All = new[]
    {
        new LastingCall("System.Runtime.InteropServices.PosixSignalRegistration.Create", null, IsDisposable: true, "Dispose it when the run ends."),
        new LastingCall("Microsoft.Extensions.Primitives.ChangeToken.OnChange", null, IsDisposable: true, "Dispose it when the run ends."),
        new LastingCall("System.Runtime.InteropServices.GCHandle.Alloc", "System.Runtime.InteropServices.GCHandle.Free", IsDisposable: false, "Call Free when the run ends."),
        new LastingCall("System.Threading.ThreadPool.RegisterWaitForSingleObject", "System.Threading.RegisteredWaitHandle.Unregister", IsDisposable: false, "Call Unregister when the run ends."),
        new LastingCall("System.AppDomain.SetData", null, IsDisposable: false, "Keep it in context.State, or in the script itself."),
    }.ToDictionary(call => call.Name);

    /// <summary>The type and the method.</summary>
    public string ShortName => Name.Substring(Name.LastIndexOf('.', Name.LastIndexOf('.') - 1) + 1);

    public static LastingCall? Find(string name) => All.TryGetValue(name, out var call) ? call : null;

    /// <summary>Whether nothing in sight could end it.</summary>
    public bool Stays(IInvocationOperation call) => !IsDisposable || call.Parent switch
    {
        IExpressionStatementOperation => true,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
        ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member.IsStatic: true } } => true,
        IFieldInitializerOperation initializer => initializer.InitializedFields.Any(field => field.IsStatic),
        _ => false,
    };
}
