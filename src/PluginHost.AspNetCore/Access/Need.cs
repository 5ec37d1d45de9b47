namespace PluginHost.AspNetCore.Access;

/// <summary>What a caller must be allowed.</summary>
internal enum Need
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>To look.</summary>
    Viewer,

    /// <summary>To act.</summary>
    Operator,

    /// <summary>To remove for good, and to see who did what.</summary>
    Admin,
}
