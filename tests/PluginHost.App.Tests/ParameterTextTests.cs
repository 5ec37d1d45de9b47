using System.Text.Json.Nodes;
using PluginHost.App.Client;

namespace PluginHost.App.Tests;

public sealed class ParameterTextTests
{
    private static readonly JsonNode Schema = JsonNode.Parse("""
        {
          "type": "object",
          "properties": {
            "Name": { "type": "string" },
            "Note": { "type": ["string", "null"] },
            "Tone": { "type": "string", "enum": ["Formal", "Friendly"] },
            "Times": { "type": "integer" },
            "Loud": { "type": "boolean" },
            "Limit": { "type": ["number", "null"] },
            "Days": { "type": "array", "items": { "type": "integer" } },
            "Anything": {}
          }
        }
        """)!;

    [TestCase("Name=true", """{"Name":"true"}""")]
    [TestCase("Name=", """{"Name":""}""")]
    [TestCase("Name=a=b", """{"Name":"a=b"}""")]
    [TestCase("Note=null", """{"Note":"null"}""")]
    [TestCase("Tone=Formal", """{"Tone":"Formal"}""")]
    [TestCase("times=3", """{"times":3}""")]
    [TestCase("Times=three", """{"Times":"three"}""")]
    [TestCase("Loud=true", """{"Loud":true}""")]
    [TestCase("Limit=null", """{"Limit":null}""")]
    [TestCase("Days=[1, 2]", """{"Days":[1,2]}""")]
    [TestCase("Anything={\"a\":1}", """{"Anything":{"a":1}}""")]
    [TestCase("Unknown=3", """{"Unknown":"3"}""")]
    public void AValue_IsTextAsTypedOrJson_ByTheSchema(string given, string expected)
    {
        Assert.That(ParameterText.Read([given], Schema).ToJsonString(), Is.EqualTo(expected));
    }

    [TestCase("Name", "-p Name is no parameter. Write it as -p name=value.")]
    [TestCase("=3", "-p =3 is no parameter. Write it as -p name=value.")]
    public void WhatHasNoName_IsRefused(string given, string words)
    {
        var failure = Assert.Throws<CommandFailure>(() => ParameterText.Read([given], Schema));
        Assert.That(failure!.Message, Is.EqualTo(words));
        Assert.That(failure.ExitCode, Is.EqualTo(ExitCode.WrongUsage));
    }

    [Test]
    public void AParameterGivenTwice_IsRefused_WhateverItsCase()
    {
        Assert.That(() => ParameterText.Read(["Times=1", "times=2"], Schema), Throws.TypeOf<CommandFailure>().With.Message.Contains("'times' is given twice"));
    }
}
