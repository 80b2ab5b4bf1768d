import QtQuick
// A question that can be touched instead of spoken.
Target {
    id: chip
    property string label
    property real most: 400
    visible: label !== ""
    width: Math.min(most, word.implicitWidth + t.u(60)); height: t.chip
    Rectangle {
        anchors.fill: parent; radius: height / 2
        color: chip.down ? chip.t.mix(chip.t.surface, chip.t.text, 0.12) : chip.t.fade(chip.t.surface, 0.85)
        border { width: Math.max(1, chip.t.u(2)); color: chip.t.line }
    }
    Words {
        id: word
        objectName: "label"
        t: chip.t; anchors.centerIn: parent
        width: Math.min(implicitWidth, chip.width - chip.t.u(30)); elide: Text.ElideRight
        text: chip.label; font.pixelSize: chip.t.label
    }
}
