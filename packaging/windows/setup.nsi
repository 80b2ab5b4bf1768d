; Makes the setup.exe of the kiosk for Windows 10 and 11 (x86-64), on Windows or on Debian (package `nsis`):
;
;   makensis -DVERSION=1.2.3 -DPAYLOAD=PATH -DICON=FILE -DOUT=FILE packaging/windows/setup.nsi
;
; All three are whole paths: makensis reads this file from the folder that it stands in.
; PAYLOAD      the frozen program: kiosk.exe, kiosk-session.exe, _internal, licences
; SIGN         -DSIGN: sign setup.exe and the uninstaller inside of it, by the command in the environment variable
;              KIOSK_SIGN, such as  signtool sign /fd sha256 /n Name ; the file is put behind it
; COMPRESSOR   lzma, which is slow, or zlib
;
;   setup.exe /S            installs for the machine and asks nothing; with /KIOSK it locks the machine, too
;   setup.exe /S /D=PATH    to another folder; /D comes last, without quotes
;   uninstall.exe /S        takes everything away; with /KEEPSETTINGS all but settings, credentials and state
;
; Exit codes: 0 done, 1 somebody cancelled, 2 it could not be done; nothing was changed where the kiosk runs or the
; system is not 64-bit.

!ifndef COMPRESSOR
  !define COMPRESSOR lzma
!endif
SetCompressor /SOLID /FINAL ${COMPRESSOR}
Unicode true
Target amd64-unicode
ManifestSupportedOS Win10
ManifestDPIAware true
RequestExecutionLevel admin

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include x64.nsh

!define APPLICATION "exei-voice-kiosk"
!define TITLE "Exei Voice Kiosk"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${APPLICATION}"
!define POWERSHELL '"$SYSDIR\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -NonInteractive -ExecutionPolicy Bypass -File'

Name "${TITLE}"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\${TITLE}"
InstallDirRegKey HKLM "${ENTRY}" "InstallLocation"
BrandingText "${TITLE} ${VERSION}"
ShowInstDetails show
ShowUnInstDetails show

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=0 "FileDescription" "${TITLE} setup"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "Apache-2.0; see the folder licences"

!ifdef SIGN
  !finalize '$%KIOSK_SIGN% "%1"' = 0
  !uninstfinalize '$%KIOSK_SIGN% "%1"' = 0
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${PAYLOAD}/licences/LICENSE"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

Var Upgrading

; --- what both programs need ----------------------------------------------------------------------------------------

!macro SAY_AND_STOP TEXT
  DetailPrint "${TEXT}"
  MessageBox MB_OK|MB_ICONSTOP "${TEXT}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend

; A program that runs cannot be opened for writing, and half of it would be exchanged.
!macro STOP_IF_RUNNING UN
  Function ${UN}StopIfRunning
    Push $0
    ${If} ${FileExists} "$INSTDIR\kiosk.exe"
      ClearErrors
      FileOpen $0 "$INSTDIR\kiosk.exe" a
      ${If} ${Errors}
        !insertmacro SAY_AND_STOP "The kiosk is running. Leave it by its staff corner, end `kiosk service`, then start this again."
      ${EndIf}
      FileClose $0
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\kiosk-session.exe"
      ClearErrors
      FileOpen $0 "$INSTDIR\kiosk-session.exe" a
      ${If} ${Errors}
        !insertmacro SAY_AND_STOP "The kiosk is running. Leave it by its staff corner, then start this again."
      ${EndIf}
      FileClose $0
    ${EndIf}
    Pop $0
  FunctionEnd
!macroend
!insertmacro STOP_IF_RUNNING ""
!insertmacro STOP_IF_RUNNING "un."

; --- installing -----------------------------------------------------------------------------------------------------

Section "The program" PROGRAM
  SectionIn RO
  Call StopIfRunning
  ; Files of the version before that this one has no more would stay beside it. _? keeps the uninstaller in its place,
  ; so that this waits for it.
  ${If} ${FileExists} "$INSTDIR\uninstall.exe"
    ExecWait '"$INSTDIR\uninstall.exe" /S /KEEPSETTINGS /UPGRADE _?=$INSTDIR' $0
    ${If} $0 <> 0
      !insertmacro SAY_AND_STOP "The version before could not be taken away (code $0)."
    ${EndIf}
  ${EndIf}
  ClearErrors
  SetOutPath "$INSTDIR"
  File /r "${PAYLOAD}/*"
  SetOutPath "$INSTDIR\session"
  File "session/*"
  SetOutPath "$INSTDIR"
  ${If} ${Errors}
    !insertmacro SAY_AND_STOP "The program could not be written to $INSTDIR: free some space there."
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateDirectory "$SMPROGRAMS\${TITLE}"
  CreateShortcut "$SMPROGRAMS\${TITLE}\Try the kiosk.lnk" "$INSTDIR\kiosk-session.exe" "demo --windowed"
  CreateShortcut "$SMPROGRAMS\${TITLE}\Check this machine.lnk" "$SYSDIR\cmd.exe" '/k ""$INSTDIR\kiosk.exe" doctor"' "$INSTDIR\kiosk.exe"

  WriteRegStr HKLM "${ENTRY}" "DisplayName" "${TITLE}"
  WriteRegStr HKLM "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${ENTRY}" "Publisher" "Exei"
  WriteRegStr HKLM "${ENTRY}" "DisplayIcon" "$INSTDIR\kiosk.exe"
  WriteRegStr HKLM "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${ENTRY}" "NoModify" 1
  WriteRegDWORD HKLM "${ENTRY}" "NoRepair" 1
  SectionGetSize ${PROGRAM} $0
  WriteRegDWORD HKLM "${ENTRY}" "EstimatedSize" $0
SectionEnd

Section /o "Lock this machine into the kiosk" KIOSK
  ExecWait '${POWERSHELL} "$INSTDIR\session\apply.ps1"' $0
  ${If} $0 <> 0
    !insertmacro SAY_AND_STOP "The program is installed, but the machine is not locked (code $0): run session\apply.ps1 in an administrator's PowerShell, and read what it says."
  ${EndIf}
  SetRebootFlag true
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${PROGRAM} "The kiosk, and the local agent with its voices."
  !insertmacro MUI_DESCRIPTION_TEXT ${KIOSK} "An account of its own that signs in by itself, the kiosk in the place of the desktop, keys blocked, the screen always on. Needs an Enterprise, Education or IoT edition of Windows, and a restart."
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function .onInit
  ${IfNot} ${RunningX64}
    !insertmacro SAY_AND_STOP "This needs a 64-bit Windows."
  ${EndIf}
  SetRegView 64
  SetShellVarContext all
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "/KIOSK" $2
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${KIOSK}
  ${EndIf}
FunctionEnd

; --- taking away ----------------------------------------------------------------------------------------------------

Section "un.The program" UN_PROGRAM
  SectionIn RO
  Call un.StopIfRunning
  ${If} $Upgrading == ""
  ${AndIf} ${FileExists} "$APPDATA\${APPLICATION}\locked"
    ExecWait '${POWERSHELL} "$INSTDIR\session\remove.ps1"' $0
    ${If} $0 <> 0
      !insertmacro SAY_AND_STOP "The kiosk's session could not be taken away (code $0), so the program stays: run session\remove.ps1 in an administrator's PowerShell, and read what it says."
    ${EndIf}
  ${EndIf}
  ; By name: the folder may have been chosen by /D, and hold what is not ours.
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  RMDir /r "$INSTDIR\session"
  Delete "$INSTDIR\kiosk.exe"
  Delete "$INSTDIR\kiosk-session.exe"
  Delete "$INSTDIR\FILES"
  Delete "$INSTDIR\sbom.cdx.json"
  RMDir /r "$SMPROGRAMS\${TITLE}"
  ${If} $Upgrading == ""
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    DeleteRegKey HKLM "${ENTRY}"
  ${EndIf}
SectionEnd

Section "un.Settings, credentials, state and logs" UN_SETTINGS
  RMDir /r "$APPDATA\${APPLICATION}"
  SetShellVarContext current
  RMDir /r "$LOCALAPPDATA\${APPLICATION}"
SectionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${UN_PROGRAM} "The kiosk, and its session where the machine is locked."
  !insertmacro MUI_DESCRIPTION_TEXT ${UN_SETTINGS} "Everything that the house has set, and what was kept of conversations."
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END

Function un.onInit
  SetRegView 64
  SetShellVarContext all
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "/KEEPSETTINGS" $2
  ${IfNot} ${Errors}
    !insertmacro UnselectSection ${UN_SETTINGS}
  ${EndIf}
  ClearErrors
  ${GetOptions} $1 "/UPGRADE" $2
  ${IfNot} ${Errors}
    StrCpy $Upgrading "yes"
  ${EndIf}
FunctionEnd
