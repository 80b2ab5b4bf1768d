# The kiosk's account: an ordinary user that signs in by itself when the machine starts. Read by apply.ps1 and remove.ps1.
#
# Nobody knows its password: it is made here and kept as a secret of the system (LSA), not in the registry, where every
# user could read it.
$KioskAccount = 'exei-kiosk'
$Winlogon = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'

Add-Type -TypeDefinition @'
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

public static class SystemSecret
{
    [StructLayout(LayoutKind.Sequential)]
    private struct Text { public ushort Length; public ushort MaximumLength; public IntPtr Buffer; }

    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public int Length; public IntPtr RootDirectory; public IntPtr ObjectName;
        public uint Flags; public IntPtr Descriptor; public IntPtr QualityOfService;
    }

    [DllImport("advapi32.dll")]
    private static extern uint LsaOpenPolicy(IntPtr system, ref Attributes attributes, uint access, out IntPtr policy);
    [DllImport("advapi32.dll")]
    private static extern uint LsaStorePrivateData(IntPtr policy, ref Text key, IntPtr data);
    [DllImport("advapi32.dll")]
    private static extern uint LsaClose(IntPtr policy);
    [DllImport("advapi32.dll")]
    private static extern int LsaNtStatusToWinError(uint status);

    private const uint CreateSecret = 0x20;

    // value null: takes it away
    public static void Set(string name, string value)
    {
        var attributes = new Attributes();
        IntPtr policy;
        Check(LsaOpenPolicy(IntPtr.Zero, ref attributes, CreateSecret, out policy));
        var key = Of(name);
        IntPtr data = IntPtr.Zero;
        Text text = new Text();
        try
        {
            if (value != null)
            {
                text = Of(value);
                data = Marshal.AllocHGlobal(Marshal.SizeOf(typeof(Text)));
                Marshal.StructureToPtr(text, data, false);
            }
            Check(LsaStorePrivateData(policy, ref key, data));
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(text.Buffer);
            Marshal.FreeHGlobal(data);
            Marshal.FreeHGlobal(key.Buffer);
            LsaClose(policy);
        }
    }

    private static Text Of(string value)
    {
        var text = new Text();
        text.Buffer = Marshal.StringToHGlobalUni(value);
        text.Length = (ushort)(2 * value.Length);
        text.MaximumLength = (ushort)(2 * value.Length + 2);
        return text;
    }

    private static void Check(uint status)
    {
        int error = LsaNtStatusToWinError(status);
        if (error != 0) throw new Win32Exception(error);
    }
}
'@

function New-Password {
    $bytes = New-Object byte[] 24
    $random = [System.Security.Cryptography.RandomNumberGenerator]::Create()
    $random.GetBytes($bytes)
    $random.Dispose()
    # The ending satisfies a policy that wants one of each kind.
    return [Convert]::ToBase64String($bytes) + 'aA1!'
}

function Set-KioskAccount {
    # Its SID. An account of that name is given a new password, so that this can be run again.
    $password = New-Password
    $secure = ConvertTo-SecureString $password -AsPlainText -Force
    $about = 'Signs in by itself and shows the voice kiosk'
    if (Get-LocalUser -Name $KioskAccount -ErrorAction SilentlyContinue) {
        Set-LocalUser -Name $KioskAccount -Password $secure
    } else {
        New-LocalUser -Name $KioskAccount -Password $secure -Description $about -PasswordNeverExpires `
            -UserMayNotChangePassword | Out-Null
        Add-LocalGroupMember -SID 'S-1-5-32-545' -Member $KioskAccount
    }
    [SystemSecret]::Set('DefaultPassword', $password)
    Remove-ItemProperty -Path $Winlogon -Name DefaultPassword -ErrorAction SilentlyContinue
    Set-ItemProperty -Path $Winlogon -Name AutoAdminLogon -Value '1'
    Set-ItemProperty -Path $Winlogon -Name DefaultUserName -Value $KioskAccount
    Set-ItemProperty -Path $Winlogon -Name DefaultDomainName -Value $env:COMPUTERNAME
    return (Get-LocalUser -Name $KioskAccount).SID.Value
}

function Remove-KioskAccount {
    [SystemSecret]::Set('DefaultPassword', $null)
    Set-ItemProperty -Path $Winlogon -Name AutoAdminLogon -Value '0'
    Remove-ItemProperty -Path $Winlogon -Name DefaultUserName -ErrorAction SilentlyContinue
    $user = Get-LocalUser -Name $KioskAccount -ErrorAction SilentlyContinue
    if ($user) {
        Get-CimInstance Win32_UserProfile | Where-Object { $_.SID -eq $user.SID.Value } | Remove-CimInstance
        Remove-LocalUser -Name $KioskAccount
    }
}
