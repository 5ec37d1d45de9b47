using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Backups;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;
using PluginHost.TestInfra;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Backups;

/// <summary>A data directory as one file, and back.</summary>
public sealed class BackupTests : RunTestBase
{
    private static readonly DateTimeOffset Now = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    private TestDirectory _folder = null!;

    private string BackupFile => _folder.Combine("backup.tar.gz");

    private string Restored => _folder.Combine("restored");

    [SetUp]
    public void MakeFolder() => _folder = new TestDirectory();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task ABackupUnderLoad_HoldsEveryRunThatWasAcknowledgedBefore_WithItsTimeAndItsLog()
    {
        Host.Deploy(typeof(Counting));
        Stage.Script = (context, _) =>
        {
            context.Logger.LogInformation("at work");
            return Task.CompletedTask;
        };
        using var enough = new CancellationTokenSource();
        var acknowledged = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(() => LoadAsync(caller, acknowledged, enough.Token))).ToList();
        List<(string File, List<string> Before)> backups = [];
        for (var i = 0; i < 3; i++)
        {
            var count = acknowledged.Count;
            await Until(() => acknowledged.Count >= count + 50);
            List<string> before = [.. acknowledged];
            DataBackup.Write(Host.Data.Root, $"{BackupFile}.{i}", Now, CancellationToken.None);
            backups.Add(($"{BackupFile}.{i}", before));
        }

        await enough.CancelAsync();
        await Task.WhenAll(callers);

        foreach (var (file, before) in backups)
        {
            var target = $"{file}.restored";
            DataRestore.Run(file, target, Now);
            using var database = new SqliteDatabase(DataDirectory.DatabaseOf(target));
            var runs = database.Read(connection => connection.Query("SELECT id FROM runs", reader => reader.GetString(0))).ToHashSet();
            Assert.That(before.Except(runs), Is.Empty);
            Assert.That(database.Read(connection => connection.Query("SELECT run FROM occurrences WHERE run IS NOT NULL", reader => reader.GetString(0))).Except(runs), Is.Empty);

            // Of what had ended, the log is whole.
            var logs = Directory.EnumerateFiles(Path.Combine(target, "logs"), "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);
            var ended = database.Read(connection => connection.Query("SELECT id FROM runs WHERE state = 'Succeeded'", reader => reader.GetString(0)));
            Assert.That(ended, Is.Not.Empty);
            Assert.That(ended.Where(run => !logs[run].Contains("at work", StringComparison.Ordinal)), Is.Empty);
        }
    }

    [Test]
    public async Task WhatIsRestored_IsAHostsDataAgain_AlsoItsSecrets()
    {
        Host.Deploy(typeof(WithSecret));
        Stage.Script = (_, _) => Task.CompletedTask;
        var run = await Host.StartAsync("WithSecret", new RunRequest { Parameters = new JsonObject { ["Password"] = "sesame" } });
        await Host.EndOfAsync(run);
        Directory.CreateDirectory(Path.Combine(Host.Data.Artifacts, "Shop", "0123"));
        await File.WriteAllTextAsync(Path.Combine(Host.Data.Artifacts, "Shop", "0123", "artifact.json"), "{}");
        Directory.CreateDirectory(Host.Data.Source("default"));
        await File.WriteAllTextAsync(Path.Combine(Host.Data.Source("default"), "accepted.json"), "accepted");
        await File.WriteAllTextAsync(Path.Combine(Host.Data.Source("default"), "clone"), "not in a backup");

        DataBackup.Write(Host.Data.Root, BackupFile, Now, CancellationToken.None);
        var (manifest, replaced) = DataRestore.Run(BackupFile, Restored, Now);

        Assert.That((manifest.CreatedAt, replaced), Is.EqualTo((Now, (string?)null)));
        Assert.That(File.ReadAllText(Path.Combine(Restored, "artifacts", "store", "Shop", "0123", "artifact.json")), Is.EqualTo("{}"));
        Assert.That(Directory.GetFiles(Path.Combine(Restored, "sources"), "*", SearchOption.AllDirectories).Select(Path.GetFileName), Is.EqualTo(new[] { "accepted.json" }));
        await using var again = new RunningHost(Restored, new ObservedTime());
        Assert.That(again.Runs.Get(run.Id).State, Is.EqualTo(RunState.Succeeded));
        again.Deploy(typeof(WithSecret));
        again.Stage.Script = (_, _) => Task.CompletedTask;
        var repeated = await again.Runs.RerunAsync(run.Id, new RerunRequest(), CancellationToken.None);
        Assert.That((await again.EndOfAsync(repeated)).State, Is.EqualTo(RunState.Succeeded), "the secret is decrypted");
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Unix file modes.")]
    [UnsupportedOSPlatform("windows")]
    public void ABackup_IsForNobodyElse()
    {
        DataBackup.Write(Host.Data.Root, BackupFile, Now, CancellationToken.None);

        Assert.That(File.GetUnixFileMode(BackupFile), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(BackupFile)!), Has.Length.EqualTo(1), "nothing else is left");
    }

    [Test]
    public void ABackup_OverwritesNothing_AndNeedsAHistory()
    {
        File.WriteAllText(BackupFile, "mine");

        Assert.That(() => DataBackup.Write(Host.Data.Root, BackupFile, Now, CancellationToken.None), Throws.TypeOf<BackupException>().With.Message.Contains("overwrites nothing"));
        Assert.That(() => DataBackup.Write(_folder.Combine("nowhere"), _folder.Combine("other"), Now, CancellationToken.None), Throws.TypeOf<BackupException>().With.Message.Contains("nothing to back up"));
        Assert.That(File.ReadAllText(BackupFile), Is.EqualTo("mine"));
    }

    [Test]
    public void ARestore_OverARunningHost_IsRefused()
    {
        DataBackup.Write(Host.Data.Root, BackupFile, Now, CancellationToken.None);

        Assert.That(() => DataRestore.Run(BackupFile, Host.Data.Root, Now), Throws.TypeOf<DataDirectoryInUseException>());
        Assert.That(Directory.GetDirectories(Host.Data.Root, "*-*"), Is.Empty, "nothing was unpacked");
    }

    [Test]
    public void ARestore_KeepsWhatWasThere()
    {
        DataBackup.Write(Host.Data.Root, BackupFile, Now, CancellationToken.None);
        Directory.CreateDirectory(Path.Combine(Restored, "logs"));
        File.WriteAllText(Path.Combine(Restored, "logs", "old"), "an old log");
        File.WriteAllText(Path.Combine(Restored, "history.db-wal"), "of the old history");

        var (_, replaced) = DataRestore.Run(BackupFile, Restored, Now);

        Assert.That(File.ReadAllText(Path.Combine(replaced!, "logs", "old")), Is.EqualTo("an old log"));
        Assert.That(File.Exists(Path.Combine(Restored, "history.db-wal")), Is.False, "it would be taken for a part of the restored history");
        Assert.That(SqliteBackup.Check(DataDirectory.DatabaseOf(Restored)), Is.EqualTo(SqliteSchema.Steps.Count));
    }

    [TestCase("no archive")]
    [TestCase("cut off")]
    [TestCase("of a newer version")]
    public void WhatIsNoWholeBackup_IsRefused_AndNothingIsTouched(string what)
    {
        DataBackup.Write(Host.Data.Root, BackupFile, Now, CancellationToken.None);
        var bad = _folder.Combine("bad.tar.gz");
        switch (what)
        {
            case "no archive":
                File.WriteAllText(bad, "hello");
                break;
            case "cut off":
                File.WriteAllBytes(bad, File.ReadAllBytes(BackupFile)[..^100]);
                break;
            default:
                MakeNewer(bad);
                break;
        }

        Directory.CreateDirectory(Restored);
        File.WriteAllText(Path.Combine(Restored, "secret.key"), "mine");
        Assert.That(() => DataRestore.Run(bad, Restored, Now), Throws.TypeOf<BackupException>().With.Message.EndsWith("Nothing was changed."));
        Assert.That(File.ReadAllText(Path.Combine(Restored, "secret.key")), Is.EqualTo("mine"));
        Assert.That(Directory.GetDirectories(Restored), Is.Empty);
    }

    [Test]
    public void AfterARestoreThatWasCutOff_NoHostStarts_UntilItIsDoneAgain()
    {
        DataBackup.Write(Host.Data.Root, BackupFile, Now, CancellationToken.None);
        DataRestore.Run(BackupFile, Restored, Now);
        Directory.CreateDirectory(Path.Combine(Restored, "restoring"));
        var options = Options.Create(new PluginHostOptions { DataDirectory = Restored });

        Assert.That(() => new DataDirectory(options), Throws.InvalidOperationException.With.Message.Contains("was cut off"));

        DataRestore.Run(BackupFile, Restored, Now);
        new DataDirectory(options).Dispose();
    }

    private void MakeNewer(string file)
    {
        var folder = Directory.CreateDirectory(_folder.Combine("newer")).FullName;
        using (var zip = new GZipStream(File.OpenRead(BackupFile), CompressionMode.Decompress))
        {
            TarFile.ExtractToDirectory(zip, folder, overwriteFiles: false);
        }

        Run(folder, "PRAGMA user_version = 999");
        using var changed = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        TarFile.CreateFromDirectory(folder, changed, includeBaseDirectory: false);
    }

    private async Task LoadAsync(int caller, System.Collections.Concurrent.ConcurrentQueue<string> acknowledged, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            if (caller == 0)
            {
                var due = Time.GetUtcNow().AddSeconds(i);
                var run = await Host.Runs.StartScheduledAsync(Host.Live.Current.Scripts["Shop.Counting"], OverlapPolicy.Allow, due, RunTrigger.Schedule, new ScheduleMark("Shop.Counting", "key", due));
                acknowledged.Enqueue(run!.Id);
            }
            else
            {
                acknowledged.Enqueue((await Host.StartAsync("Counting", new RunRequest { Parameters = new JsonObject { ["Count"] = 1 + (i % 10) } })).Id);
            }
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(RunningHost.HangLimit);
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private static void Run(string data, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={DataDirectory.DatabaseOf(data)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public sealed class WithSecret(Stage stage) : StagedScript(stage)
    {
        [Parameter(Secret = true)]
        public required string Password { get; init; }
    }
}
