import QtQuick
// All text of the window: plain, so that no transcript can bring markup in.
Text {
    required property var t
    readonly property int aligned: effectiveHorizontalAlignment     // a plain number, for who measures the window
    textFormat: Text.PlainText
    color: t.text
    font.family: t.font
    font.pixelSize: t.body
    horizontalAlignment: Text.AlignLeft      // the reading edge: mirrored with the layout, whatever script the words are in
}
