using PluginHost.Loading;

namespace PluginHost.Tests.Loading;

public sealed class PluginContextsTests
{
    [Test]
    public void AnException_OfNoPlugin_IsNobodys()
    {
        var thrown = Assert.Throws<AggregateException>(() => Task.Run(() => throw new InvalidOperationException("ours")).Wait());

        Assert.That(new PluginContexts().Find(thrown), Is.Null);
    }
}
