// Each test gets an instance of its class to itself, so that fields can be set where they are declared.
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]

// Those that may run beside each other wait for real time most of it.
[assembly: LevelOfParallelism(8)]
