// Each test gets an instance of its class to itself, so that fields can be set where they are declared.
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]

// Most of them wait most of their time: for builds that use one core, for times to come, for hosts to start.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(2)]
