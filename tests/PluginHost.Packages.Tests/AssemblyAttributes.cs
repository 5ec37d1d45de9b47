// Each test gets an instance of its class to itself, so that fields can be set where they are declared.
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
