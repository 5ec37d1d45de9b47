using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace PluginHost.Processes;

/// <summary>Bounds processes by job objects of Windows, which also end with this process: their last handle is here.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class JobObject(long? memory, double? cpus) : IProcessLimiter
{
    private const int ExtendedLimitInformation = 9;
    private const int CpuRateControlInformation = 15;
    private const uint LimitJobMemory = 0x200;
    private const uint LimitKillOnJobClose = 0x2000;
    private const uint CpuRateEnable = 0x1;
    private const uint CpuRateHardCap = 0x4;
    private const uint SetQuotaAndTerminate = 0x100 | 0x1;

    public unsafe IDisposable Limit(int process)
    {
        var job = CreateJobObject(0, null);
        var limits = new ExtendedLimits { Basic = { LimitFlags = LimitKillOnJobClose | (memory is null ? 0 : LimitJobMemory) }, JobMemoryLimit = (nuint)(memory ?? 0) };
        Check(!job.IsInvalid && SetInformationJobObject(job, ExtendedLimitInformation, &limits, (uint)sizeof(ExtendedLimits)));
        if (cpus is { } most)
        {
            // In hundredths of a percent of all processors together.
            var rate = new CpuRate { Flags = CpuRateEnable | CpuRateHardCap, Rate = (uint)Math.Clamp(most / Environment.ProcessorCount * 10_000, 1, 10_000) };
            Check(SetInformationJobObject(job, CpuRateControlInformation, &rate, (uint)sizeof(CpuRate)));
        }

        using var handle = OpenProcess(SetQuotaAndTerminate, inherit: false, process);
        Check(!handle.IsInvalid && AssignProcessToJobObject(job, handle));
        return job;
    }

    public void Dispose()
    {
    }

    private static void Check(bool succeeded)
    {
        if (!succeeded)
        {
            throw new IOException($"The job object for a worker process cannot be made: {new Win32Exception().Message}");
        }
    }

    [LibraryImport("kernel32", EntryPoint = "CreateJobObjectW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial JobHandle CreateJobObject(nint attributes, string? name);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool SetInformationJobObject(JobHandle job, int kind, void* information, uint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial SafeProcessHandle OpenProcess(uint access, [MarshalAs(UnmanagedType.Bool)] bool inherit, int process);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool AssignProcessToJobObject(JobHandle job, SafeProcessHandle process);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CloseHandle(nint handle);

    private sealed class JobHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle() => CloseHandle(handle);
    }

    // JOBOBJECT_BASIC_LIMIT_INFORMATION
    [StructLayout(LayoutKind.Sequential)]
    private struct BasicLimits
    {
        public long PerProcessUserTimeLimit;
        public long PerJobUserTimeLimit;
        public uint LimitFlags;
        public nuint MinimumWorkingSetSize;
        public nuint MaximumWorkingSetSize;
        public uint ActiveProcessLimit;
        public nuint Affinity;
        public uint PriorityClass;
        public uint SchedulingClass;
    }

    // JOBOBJECT_EXTENDED_LIMIT_INFORMATION; the counters between are the system's.
    [StructLayout(LayoutKind.Sequential)]
    private struct ExtendedLimits
    {
        public BasicLimits Basic;
        public ulong ReadOperationCount;
        public ulong WriteOperationCount;
        public ulong OtherOperationCount;
        public ulong ReadTransferCount;
        public ulong WriteTransferCount;
        public ulong OtherTransferCount;
        public nuint ProcessMemoryLimit;
        public nuint JobMemoryLimit;
        public nuint PeakProcessMemoryUsed;
        public nuint PeakJobMemoryUsed;
    }

    // JOBOBJECT_CPU_RATE_CONTROL_INFORMATION
    [StructLayout(LayoutKind.Sequential)]
    private struct CpuRate
    {
        public uint Flags;
        public uint Rate;
    }
}
