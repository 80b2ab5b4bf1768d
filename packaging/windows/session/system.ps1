# What apply.ps1 and remove.ps1 share: folders, power, the microphone, and how something is run as SYSTEM.
$Data = Join-Path $env:ProgramData 'exei-voice-kiosk'   # kiosk/settings/places.py looks for it
$Locked = Join-Path $Data 'locked'                      # the uninstaller looks for it
$Microphone = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\microphone'
$AppPrivacy = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy'
$Policies = @(
    # No edge of the glass opens anything, no fault opens a dialogue, nobody is asked about privacy at the first sign-in.
    @{ Path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\EdgeUI'; Name = 'AllowEdgeSwipe'; Value = 0 },
    @{ Path = 'HKLM:\SOFTWARE\Microsoft\Windows\Windows Error Reporting'; Name = 'DontShowUI'; Value = 1 },
    @{ Path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\OOBE'; Name = 'DisablePrivacyExperience'; Value = 1 },
    @{ Path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\Personalization'; Name = 'NoLockScreen'; Value = 1 }
)

function Stop-With([string]$What, [string]$Remedy) {
    [Console]::Error.WriteLine("kiosk session: ${What}: $Remedy.")
    exit 29
}

function Set-RegistryValue([string]$Path, [string]$Name, $Value, [string]$Type) {
    # New-Item -Force would empty a key that is there.
    if (-not (Test-Path $Path)) { New-Item -Path $Path -Force | Out-Null }
    Set-ItemProperty -Path $Path -Name $Name -Value $Value -Type $Type
}

function New-DataFolder([string]$Sid) {
    # Whoever looks after the machine may do everything, the kiosk may read its settings and credentials and write its
    # state; nobody else may look.
    New-Item -ItemType Directory -Force $Data | Out-Null
    icacls $Data /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' "*${Sid}:(OI)(CI)RX" | Out-Null
    if ($LASTEXITCODE) { Stop-With "the rights of $Data could not be set (icacls: $LASTEXITCODE)" 'look at its owner' }
    foreach ($name in 'state', 'cache', 'logs') {
        $folder = Join-Path $Data $name
        New-Item -ItemType Directory -Force $folder | Out-Null
        icacls $folder /grant "*${Sid}:(OI)(CI)M" | Out-Null
    }
    $site = Join-Path $Data 'site.toml'
    if (-not (Test-Path $site)) {
        # A program without a console has nowhere else to say something.
        $logs = (Join-Path $Data 'logs').Replace('\', '/')
        [System.IO.File]::WriteAllText($site, "# Settings of this kiosk: ``kiosk check`` shows all.`r`n[journal]`r`nfolder = `"$logs`"`r`n")
    }
    [System.IO.File]::WriteAllText($Locked, "by session\apply.ps1`r`n")
}

function Invoke-AsSystem([string]$Script, [string]$Words) {
    $name = 'exei-voice-kiosk-once'
    $powershell = "$env:SystemRoot\System32\WindowsPowerShell\v1.0\powershell.exe"
    $action = New-ScheduledTaskAction -Execute $powershell `
        -Argument "-NoProfile -NonInteractive -ExecutionPolicy Bypass -File `"$Script`" $Words"
    $who = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -RunLevel Highest
    Register-ScheduledTask -TaskName $name -Action $action -Principal $who -Force | Out-Null
    try {
        Start-ScheduledTask -TaskName $name
        $until = (Get-Date).AddSeconds(90)
        do {
            Start-Sleep -Milliseconds 500
            $code = (Get-ScheduledTaskInfo -TaskName $name).LastTaskResult
        } while ($code -in 0x41301, 0x41303 -and (Get-Date) -lt $until)  # it runs; it has not run yet
        if ($code -ne 0) {
            Stop-With "$(Split-Path -Leaf $Script) ended with $code as SYSTEM" 'restart the machine and run this again'
        }
    } finally {
        Unregister-ScheduledTask -TaskName $name -Confirm:$false
    }
}

function Set-AlwaysOn {
    foreach ($what in 'monitor-timeout-ac', 'standby-timeout-ac', 'hibernate-timeout-ac', 'disk-timeout-ac') {
        powercfg /change $what 0
    }
    foreach ($policy in $Policies) {
        Set-RegistryValue $policy.Path $policy.Name $policy.Value DWord
    }
}

function Set-MicrophoneAllowed {
    # For programs that are no apps of the Store; a house whose policy forbids it must allow it there.
    Set-RegistryValue $Microphone 'Value' 'Allow' String
    Set-RegistryValue "$Microphone\NonPackaged" 'Value' 'Allow' String
    if ((Get-ItemProperty $AppPrivacy -ErrorAction SilentlyContinue).LetAppsAccessMicrophone -eq 2) {
        Write-Warning 'A policy of this house forbids the microphone (LetAppsAccessMicrophone): the kiosk will be deaf.'
    }
}
