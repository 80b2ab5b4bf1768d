# Gives the machine back its desktop: the counterpart of apply.ps1, run by the uninstaller where the machine is locked.
#
#   remove.ps1    takes shell, keys, account and policies away; settings, credentials and state stay
#
# Windows' features stay on (they do nothing without a configuration), and power stays as it is.
#Requires -RunAsAdministrator
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
. (Join-Path $here 'account.ps1')
. (Join-Path $here 'keyboard.ps1')
. (Join-Path $here 'system.ps1')

Invoke-AsSystem (Join-Path $here 'shell.ps1') ''
if (Get-CimClass -Namespace $KeyboardSpace -ClassName WEKF_PredefinedKey -ErrorAction SilentlyContinue) {
    Set-KeyboardFilter $false
}
foreach ($policy in $Policies) {
    Remove-ItemProperty -Path $policy.Path -Name $policy.Name -ErrorAction SilentlyContinue
}
Remove-KioskAccount
Remove-Item $Locked, (Join-Path $Data 'shell.xml') -ErrorAction SilentlyContinue
Write-Output 'Done. Restart this machine.'
