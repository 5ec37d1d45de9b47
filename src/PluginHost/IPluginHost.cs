namespace PluginHost;

/// <summary>What an application may ask of its plugin host. Registered by <c>AddPluginHost</c>; safe to use from several threads.</summary>
/// <remarks>
/// Methods that name a script, run, plugin, source or version throw <see cref="NotFoundException"/> when there is none
/// of that name. Ids of scripts and plugins are compared without case.
/// </remarks>
public interface IPluginHost
{
    /// <summary>The host at a glance.</summary>
    HostStatus GetStatus();

    /// <summary>What the host is made of at present, and how it is set up.</summary>
    /// <remarks>It looks through the processes of the machine, which takes some milliseconds.</remarks>
    HostDetails GetDetails();

    /// <summary>The nodes of the cluster, by name; of a host that is alone, itself.</summary>
    Task<IReadOnlyList<NodeInfo>> GetNodesAsync(CancellationToken cancellationToken = default);

    /// <summary>Keeps a node of the cluster from new runs; it finishes those that it has. Holds, also over its restart, until it is undone.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The node.</returns>
    /// <exception cref="NotFoundException">There is no such node.</exception>
    /// <exception cref="ConflictException">The host is alone, so that nobody could take its runs.</exception>
    Task<NodeInfo> DrainNodeAsync(string nodeId, CancellationToken cancellationToken = default);

    /// <summary>Lets a node that was drained have runs again. Does nothing when it was not.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The node.</returns>
    /// <exception cref="NotFoundException">There is no such node.</exception>
    /// <exception cref="ConflictException">The host is alone.</exception>
    Task<NodeInfo> UndrainNodeAsync(string nodeId, CancellationToken cancellationToken = default);

    /// <summary>Every script of the live plugins, by id.</summary>
    Task<IReadOnlyList<ScriptInfo>> GetScriptsAsync(CancellationToken cancellationToken = default);

    /// <summary>Scripts of the live plugins, by id, some at a time.</summary>
    /// <param name="limit">How many at most, 1 to 500.</param>
    /// <param name="after">The cursor that the page before ended with.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    Task<Page<ScriptInfo>> GetScriptsAsync(int limit, string? after, CancellationToken cancellationToken = default);

    /// <summary>One script.</summary>
    Task<ScriptInfo> GetScriptAsync(string scriptId, CancellationToken cancellationToken = default);

    /// <summary>Stops the script's schedules until it is resumed. It can still be run by hand. Survives restarts and deployments.</summary>
    Task<ScriptInfo> PauseScriptAsync(string scriptId, CancellationToken cancellationToken = default);

    /// <summary>Lets the script's schedules run again; what was missed is caught up as each schedule says.</summary>
    Task<ScriptInfo> ResumeScriptAsync(string scriptId, CancellationToken cancellationToken = default);

    /// <summary>Lets a script that is in quarantine run again on its live version; what it has done so far does not count any more. Does nothing when it is not.</summary>
    Task<ScriptInfo> AllowScriptAsync(string scriptId, CancellationToken cancellationToken = default);

    /// <summary>Lets the host start scripts by itself again; what was missed in safe mode is caught up as each schedule says. Does nothing when it is not in safe mode.</summary>
    Task<HostStatus> LeaveSafeModeAsync(CancellationToken cancellationToken = default);

    /// <summary>The schedules of a script: those of its code, as operators have changed them, and those that they have added.</summary>
    Task<IReadOnlyList<ScheduleInfo>> GetSchedulesAsync(string scriptId, CancellationToken cancellationToken = default);

    /// <summary>Sets a schedule in place of the code's of that id, or adds one of that name. Stored: it survives restarts and deployments.</summary>
    /// <param name="scriptId">The script.</param>
    /// <param name="scheduleId">The id of a schedule of the code; or the name of one that is added, 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>, and not eight hexadecimal digits.</param>
    /// <param name="request">What is wanted, in place of all that was set before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidScheduleException">Something of it is wrong; every mistake is named.</exception>
    Task<ScheduleInfo> SetScheduleAsync(string scriptId, string scheduleId, ScheduleRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes back what was set for a schedule: it is as the code says again, or gone if it was added.</summary>
    /// <returns>The schedules of the script as they are then.</returns>
    /// <exception cref="NotFoundException">Nothing was set for it.</exception>
    Task<IReadOnlyList<ScheduleInfo>> ResetScheduleAsync(string scriptId, string scheduleId, CancellationToken cancellationToken = default);

    /// <summary>Says what a cron expression means, and changes nothing.</summary>
    /// <param name="cron">The expression.</param>
    /// <param name="timeZone">The time zone it is read in: an IANA or Windows id. UTC when it is null.</param>
    /// <param name="scriptId">The script that <c>H</c> is derived from; null where that does not matter.</param>
    /// <exception cref="InvalidScheduleException">The expression or the time zone cannot be read.</exception>
    SchedulePreview PreviewSchedule(string? cron, string? timeZone = null, string? scriptId = null);

    /// <summary>The values that a script keeps from one run to the next, by key; also of a script that is no longer live.</summary>
    Task<IReadOnlyList<StateValueInfo>> GetStateAsync(string scriptId, CancellationToken cancellationToken = default);

    /// <summary>Removes one of these values.</summary>
    Task RemoveStateAsync(string scriptId, string key, CancellationToken cancellationToken = default);

    /// <summary>Starts a run by hand and answers as soon as it is stored.</summary>
    /// <exception cref="InvalidParametersException">The parameters are wrong; every mistake is named.</exception>
    /// <exception cref="ConflictException">The script cannot run now.</exception>
    Task<RunInfo> StartRunAsync(string scriptId, RunRequest request, CancellationToken cancellationToken = default);

    /// <summary>Starts a run by hand with the parameters of one before it.</summary>
    /// <exception cref="InvalidParametersException">The version no longer takes these parameters; every mistake is named.</exception>
    /// <exception cref="ConflictException">The script cannot run now, or is to run on the version of a run that never began on one.</exception>
    Task<RunInfo> RerunAsync(string runId, RerunRequest request, CancellationToken cancellationToken = default);

    /// <summary>Waits until the run has ended or the limit is reached, and answers the run as it is then.</summary>
    Task<RunInfo> WaitForRunAsync(string runId, TimeSpan limit, CancellationToken cancellationToken = default);

    /// <summary>Asks a run to stop. Does nothing when it has ended.</summary>
    Task<RunInfo> CancelRunAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Runs, newest first.</summary>
    Task<Page<RunInfo>> GetRunsAsync(RunQuery query, CancellationToken cancellationToken = default);

    /// <summary>What became of the times at which schedules were due, the latest first.</summary>
    Task<Page<OccurrenceInfo>> GetOccurrencesAsync(OccurrenceQuery query, CancellationToken cancellationToken = default);

    /// <summary>What became of the times at which a script was due, day by day; days on which nothing was due are left out.</summary>
    /// <param name="scriptId">The script.</param>
    /// <param name="from">The first day, at most 400 days ago.</param>
    /// <param name="timeZone">The IANA or Windows id of the zone whose days they are. The default is UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotFoundException">There is no such script.</exception>
    /// <exception cref="ArgumentException">The zone is not known, or the day is too far back.</exception>
    Task<IReadOnlyList<OccurrenceDay>> GetCalendarAsync(string scriptId, DateOnly from, string? timeZone = null, CancellationToken cancellationToken = default);

    /// <summary>One run.</summary>
    Task<RunInfo> GetRunAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>The lines of a run's log.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="after">Leave out lines up to this number; 0 for all.</param>
    /// <param name="follow">Whether to go on with new lines until the run ends.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    IAsyncEnumerable<RunLogLine> ReadLogAsync(string runId, long after, bool follow, CancellationToken cancellationToken = default);

    /// <summary>Every plugin, by id.</summary>
    IReadOnlyList<PluginInfo> GetPlugins();

    /// <summary>One plugin.</summary>
    PluginInfo GetPlugin(string pluginId);

    /// <summary>The versions of a plugin that the host keeps, newest first.</summary>
    IReadOnlyList<PluginVersionInfo> GetVersions(string pluginId);

    /// <summary>The files that went into the build of a version, as they are in its commit: those of its project first.</summary>
    /// <remarks>A few hundred files and a million characters at most; where something is left out, it is said.</remarks>
    Task<IReadOnlyList<SourceText>> GetSourceAsync(string pluginId, string version, CancellationToken cancellationToken = default);

    /// <summary>What differs between two versions of a plugin in the files that go into their builds.</summary>
    /// <param name="pluginId">The plugin.</param>
    /// <param name="version">The later version.</param>
    /// <param name="against">The one it is compared with; null for the one that was built before it.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<VersionChanges> CompareVersionsAsync(string pluginId, string version, string? against = null, CancellationToken cancellationToken = default);

    /// <summary>Files of a commit of a source, as long as its clone holds that.</summary>
    /// <param name="sourceName">The source.</param>
    /// <param name="commit">The full id of the commit.</param>
    /// <param name="paths">The files, from the root of the repository.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>One for each path, up to a few hundred; where something is left out, it is said.</returns>
    Task<IReadOnlyList<SourceText>> ReadFilesAsync(string sourceName, string commit, IReadOnlyList<string> paths, CancellationToken cancellationToken = default);

    /// <summary>Makes a kept version of a plugin live and holds the plugin there: commits do not change it until it is unpinned.</summary>
    /// <param name="pluginId">The plugin.</param>
    /// <param name="version">The version; null for the one that was live before.</param>
    /// <param name="requestedBy">Who asks; null when nobody is signed in.</param>
    /// <param name="cancellationToken">Stops the waiting; what has begun is carried out.</param>
    /// <returns>The plugin. Its version is live, unless runs on two other versions must end before it takes its place.</returns>
    /// <exception cref="ConflictException">The version cannot go live, or none was live before; nothing has changed.</exception>
    Task<PluginInfo> RollBackAsync(string pluginId, string? version = null, string? requestedBy = null, CancellationToken cancellationToken = default);

    /// <summary>Lets a plugin follow its branch again. Does nothing when it is not pinned.</summary>
    Task<PluginInfo> UnpinAsync(string pluginId, CancellationToken cancellationToken = default);

    /// <summary>Finds what holds an unloaded version of a plugin in memory.</summary>
    /// <remarks>
    /// The tool <c>pluginhost</c> looks into this process from another one, and the process stands still meanwhile: for a
    /// second, or for up to <see cref="UnloadOptions.InspectTimeout"/> with a very large heap. What is found is shown with
    /// the plugin from then on.
    /// </remarks>
    /// <exception cref="NotFoundException">No such version is known to stay in memory.</exception>
    /// <exception cref="ConflictException">There is no tool (<see cref="UnloadOptions.Inspector"/>), or the system does not permit the look.</exception>
    Task<LeakExplanation> ExplainLeakAsync(string pluginId, string version, CancellationToken cancellationToken = default);

    /// <summary>Deployments, newest first.</summary>
    /// <param name="limit">How many at most, 1 to 500.</param>
    /// <param name="after">The cursor that the page before ended with.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    Task<Page<DeploymentInfo>> GetDeploymentsAsync(int limit = 50, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>One deployment.</summary>
    Task<DeploymentInfo> GetDeploymentAsync(string deploymentId, CancellationToken cancellationToken = default);

    /// <summary>The logs of the build of a deployment's commit, on this node; none where nothing was built, or they are no longer kept (<see cref="RetentionOptions.BuildLogs"/>).</summary>
    Task<IReadOnlyList<BuildLogInfo>> GetBuildLogsAsync(string deploymentId, CancellationToken cancellationToken = default);

    /// <summary>Opens one of these logs; while the build is under way, it is what there is so far.</summary>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="NotFoundException">There is no such deployment, or no such log.</exception>
    Task<Stream> OpenBuildLogAsync(string deploymentId, BuildLogKind kind, CancellationToken cancellationToken = default);

    /// <summary>Looks at a source now and deploys its tip if it is new.</summary>
    /// <returns>The deployment of the tip, finished unless the limit was reached before; the last one when the tip is live already.</returns>
    /// <param name="sourceName">The source.</param>
    /// <param name="limit">How long to wait for the end of the deployment.</param>
    /// <param name="accept">
    /// The id of a commit, or its first 7 digits or more, that is taken although it does not descend from the one before it
    /// (<see cref="SourceOptions.RewrittenHistory"/>); null for none. It takes the place of no signature.
    /// </param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="ArgumentException">That is no commit's id.</exception>
    /// <exception cref="ConflictException">The source cannot be reached, or has no commit.</exception>
    Task<DeploymentInfo> SyncAsync(string sourceName, TimeSpan limit, string? accept = null, CancellationToken cancellationToken = default);

    /// <summary>Says that a source may have changed: it is looked at as soon as can be. Hints that come meanwhile become one more look.</summary>
    void HintSource(string sourceName);

    /// <summary>A number that grows with each change that <see cref="WatchAsync"/> tells of, before it is told.</summary>
    /// <value>Within this process, from 0 on. What was read while it was one number need not be read again for what changed, until it is another.</value>
    long Revision { get; }

    /// <summary>Tells what changes, until cancelled. A slow reader misses repeated changes, never the last.</summary>
    IAsyncEnumerable<HostEvent> WatchAsync(CancellationToken cancellationToken = default);
}
