# Locks this machine into the kiosk: run once in an administrator's PowerShell, or by setup.exe /KIOSK. May be run again.
#
#   apply.ps1              account, settings, shell, keys, power, microphone
#   Restart the machine afterwards: it comes up in the kiosk.
#
# remove.ps1 undoes it. Needs Windows 10 or 11 Enterprise, Education or IoT Enterprise: no other edition has the Shell
# Launcher. What this does not do: blocking the firewall (the kiosk only calls out; the agent and the console listen on
# this machine alone), joining a domain, Windows Update's hours.
#Requires -RunAsAdministrator
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
. (Join-Path $here 'account.ps1')
. (Join-Path $here 'keyboard.ps1')
. (Join-Path $here 'system.ps1')

$program = Join-Path (Split-Path -Parent $here) 'kiosk-session.exe'
if (-not (Test-Path $program)) { Stop-With "there is no $program" 'install the kiosk again' }
$edition = (Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion').EditionID
if ($edition -notmatch 'Enterprise|Education|IoT') {
    Stop-With "this is Windows $edition, which has no Shell Launcher" 'use an Enterprise, Education or IoT edition'
}

Write-Output 'Windows features: Shell Launcher and keyboard filter'
foreach ($feature in 'Client-DeviceLockdown', 'Client-EmbeddedShellLauncher', 'Client-KeyboardFilter') {
    Enable-WindowsOptionalFeature -Online -FeatureName $feature -All -NoRestart -WarningAction SilentlyContinue | Out-Null
}

Write-Output "Account $KioskAccount"
$sid = Set-KioskAccount

Write-Output "Settings and state: $Data"
New-DataFolder $sid

Write-Output 'Shell of that account'
$document = (Get-Content -Raw -Encoding UTF8 (Join-Path $here 'shell.xml')).Replace('PROGRAM', [System.Security.SecurityElement]::Escape($program)).Replace('"SID"', "`"$sid`"")
$configuration = Join-Path $Data 'shell.xml'
[System.IO.File]::WriteAllText($configuration, $document)
Invoke-AsSystem (Join-Path $here 'shell.ps1') "-Configuration `"$configuration`""

Write-Output 'Keys, power, microphone'
# Its settings can be reached only once the feature is there, which may take the restart.
if (Get-CimClass -Namespace $KeyboardSpace -ClassName WEKF_PredefinedKey -ErrorAction SilentlyContinue) {
    Set-KeyboardFilter $true
} else {
    Write-Warning 'The keyboard filter comes with the restart: run this script once more after it.'
}
Set-AlwaysOn
Set-MicrophoneAllowed
Write-Output 'Done. Restart this machine.'
