# Keys that would lead out of the kiosk, blocked by Windows' keyboard filter for everybody but administrators. Read by
# apply.ps1 and remove.ps1. The program swallows every other key by itself.
$KeyboardSpace = 'root\standardcimv2\embedded'
$BlockedKeys = @(
    'Ctrl+Alt+Del', 'Ctrl+Esc', 'Shift+Ctrl+Esc', 'Alt+Tab', 'Alt+Esc', 'Alt+F4', 'Alt+Space', 'Win+L', 'Win+R', 'Win+E',
    'Win+D', 'Win+M', 'Win+U', 'Win+F', 'Win+Enter', 'Windows', 'Application', 'LaunchApp1', 'LaunchApp2', 'LaunchMail',
    'BrowserHome', 'BrowserSearch'
)

function Set-KeyboardFilter([bool]$Block) {
    $keys = Get-CimInstance -Namespace $KeyboardSpace -ClassName WEKF_PredefinedKey
    foreach ($name in $BlockedKeys) {
        $key = $keys | Where-Object { $_.Id -eq $name }
        if (-not $key) {
            Write-Warning "This Windows knows no key named ${name}: it is not blocked."
            continue
        }
        $key.Enabled = $Block
        Set-CimInstance -CimInstance $key
    }
    # Signed in as the kiosk, staff reach the sign-in screen by five presses of the left Windows key (Windows' own
    # break-out), an administrator's account is not filtered.
    $setting = Get-CimInstance -Namespace $KeyboardSpace -ClassName WEKF_Settings |
        Where-Object { $_.Name -eq 'DisableKeyboardFilterForAdministrators' }
    if ($setting) {
        $setting.Value = 'true'
        Set-CimInstance -CimInstance $setting
    }
}
