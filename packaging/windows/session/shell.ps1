# Hands a Shell Launcher configuration to Windows, or takes the one in force away. Only the account SYSTEM may; apply.ps1
# and remove.ps1 run it as a task of that account.
#
#   shell.ps1 -Configuration FILE    puts it in force for the next sign-in
#   shell.ps1                        the desktop again, for everybody
param([string]$Configuration = '')
$ErrorActionPreference = 'Stop'

$bridge = Get-CimInstance -Namespace 'root\cimv2\mdm\dmmap' -ClassName 'MDM_AssignedAccess'
if ($Configuration) {
    # The bridge takes the document as text inside of another document.
    $bridge.ShellLauncher = [System.Net.WebUtility]::HtmlEncode((Get-Content -Raw -Encoding UTF8 $Configuration))
} else {
    $bridge.ShellLauncher = $null
}
Set-CimInstance -CimInstance $bridge
