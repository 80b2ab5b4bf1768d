# Makes the kiosk's setup.exe on Windows 10 or 11 (x86-64), from a clean clone.
#
#   packaging\windows\build.ps1                          environment, freeze, doctor --packaged, setup.exe
#   packaging\windows\build.ps1 -Certificate 'Museum AG' the same, each program signed with that certificate
#   packaging\windows\build.ps1 -Python C:\...\python.exe
#
# Needs Python 3.13 (before it, Windows' monotonic clock ticks 64 times a second, too seldom for sound), makensis (NSIS
# 3.08 or newer), and for signing signtool (Windows SDK). Ends with exit code 29 and one sentence where it cannot go on.
param([string]$Python = '', [string]$Certificate = '', [string]$TimestampServer = '')
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path (Join-Path $PSScriptRoot '..\..')).Path
Set-Location $root

function Stop-With([string]$Sentence) {
    [Console]::Error.WriteLine("packaging\windows\build.ps1: $Sentence")  # not what a function returns
    exit 29
}

function Invoke-Checked([string]$Why, [string]$Program, [string[]]$Words) {
    & $Program @Words
    if ($LASTEXITCODE) { Stop-With "$Why (code $LASTEXITCODE); its own words stand above." }
}

function Find-Program([string]$Name, [string[]]$Places, [string]$Remedy) {
    $found = Get-Command $Name -ErrorAction SilentlyContinue
    if ($found) { return $found.Source }
    foreach ($place in $Places) {
        $file = Get-Item $place -ErrorAction SilentlyContinue | Sort-Object FullName | Select-Object -Last 1
        if ($file) { return $file.FullName }
    }
    Stop-With "$Name is not on this machine: $Remedy."
}

if ($env:PROCESSOR_ARCHITECTURE -ne 'AMD64') {
    Stop-With 'the packages exist for x86-64 only on Windows: build and run it there.'
}
if (-not $Python) {
    if (Get-Command py -ErrorAction SilentlyContinue) { $Python = & py -3.13 -c 'import sys; print(sys.executable)' }
    if (-not $Python) { Stop-With 'there is no Python 3.13: install it, or name it with -Python.' }
}
# No double quotes within: Windows PowerShell loses them on the way to a program.
$version = & $Python -c 'import sys; print(sys.version.split()[0])'
if ($version -notlike '3.13.*') { Stop-With "$Python is Python ${version}: 3.13 is needed." }
$makensis = Find-Program 'makensis' @("${env:ProgramFiles(x86)}\NSIS\makensis.exe", "$env:ProgramFiles\NSIS\makensis.exe") 'install NSIS'
$signtool = ''
if ($Certificate) {
    $signtool = Find-Program 'signtool' @("${env:ProgramFiles(x86)}\Windows Kits\10\bin\10.*\x64\signtool.exe") 'install the Windows SDK'
}
$sign = @('sign', '/fd', 'sha256', '/n', $Certificate)
if ($TimestampServer) { $sign += @('/tr', $TimestampServer, '/td', 'sha256') }

Write-Output '[1/5] Environment .venv from packaging\requirements\dev.lock, every file checked against its hash'
$venv = Join-Path $root '.venv'
$own = Join-Path $venv 'Scripts\python.exe'
Remove-Item 'Env:PYTHONPATH', 'Env:PYTHONHOME' -ErrorAction SilentlyContinue
if (-not (Test-Path $own)) { Invoke-Checked 'no environment could be made' $Python @('-m', 'venv', $venv) }
$pip = @('-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--quiet')
Invoke-Checked 'the packages could not be installed' $own ($pip + @('--require-hashes', '--only-binary', ':all:', '-r', 'packaging\requirements\dev.lock'))
Invoke-Checked 'the program could not be installed' $own ($pip + @('--no-deps', '--no-index', '--no-build-isolation', '--editable', '.'))

Write-Output '[2/5] Icons'
Invoke-Checked 'no icons were drawn' $own @('packaging\freezing\icons.py', 'build\icons')

Write-Output '[3/5] Freezing: dist\kiosk'
Invoke-Checked 'PyInstaller failed' $own @('-m', 'PyInstaller', '--noconfirm', '--distpath', 'dist', '--workpath', 'build', 'packaging\kiosk.spec')
Invoke-Checked 'the frozen program is not complete' 'dist\kiosk\kiosk.exe' @('doctor', '--packaged')

Write-Output '[4/5] Signatures'
if ($Certificate) {
    Invoke-Checked 'signing failed' $signtool ($sign + @('dist\kiosk\kiosk.exe', 'dist\kiosk\kiosk-session.exe'))
} else {
    Write-Output '      none: no certificate was named, and Windows will warn whoever starts this setup.exe.'
}

Write-Output '[5/5] setup.exe'
$release = & $own -c 'import kiosk; print(kiosk.__version__)'
$out = Join-Path $root "dist\exei-voice-kiosk-$release-setup.exe"
$words = @('-V2', "-DVERSION=$release", "-DPAYLOAD=$root\dist\kiosk", "-DICON=$root\build\icons\kiosk.ico", "-DOUT=$out")
if ($Certificate) {
    $quoted = ($sign | ForEach-Object { if ($_ -match ' ') { "`"$_`"" } else { $_ } }) -join ' '
    $env:KIOSK_SIGN = "`"$signtool`" $quoted"
    $words += '-DSIGN'
}
Invoke-Checked 'makensis failed' $makensis ($words + 'packaging\windows\setup.nsi')
Write-Output "$out, $([math]::Round((Get-Item $out).Length / 1000000)) MB"
