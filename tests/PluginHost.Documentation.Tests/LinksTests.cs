using PluginHost.TestInfra;

namespace PluginHost.Documentation.Tests;

public sealed class LinksTests
{
    [TestCaseSource(typeof(Page), nameof(Page.All))]
    public void EachLinkWithinTheRepository_LeadsToAFile_AndAHeadingInIt(object page)
    {
        var from = (Page)page;
        Assert.Multiple(() =>
        {
            foreach (var link in from.Links.Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)))
            {
                var parts = link.Split('#');
                var name = parts[0].Length == 0 ? from.Name : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(from.Name)!, parts[0]))).Replace('\\', '/');
                Assert.That(Path.Exists(Path.Combine(Repository.Root, name)), Is.True, $"{from}: {link} leads nowhere");
                if (parts.Length > 1)
                {
                    Assert.That(Page.All.FirstOrDefault(target => target.Name == name)?.Anchors, Does.Contain(parts[1]), $"{from}: {link}");
                }
            }
        });
    }
}
