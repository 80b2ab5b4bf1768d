import QtQuick
// Words that can be touched: a question, a language, a step of the sound.
Target {
    id: chip
    property string label
    property string icon
    property bool chosen
    property real most: 400
    readonly property real around: t.chipPad + (icon !== "" ? t.label * 1.5 : 0)
    readonly property real natural: Math.ceil(measure.advanceWidth * 1.02) + 2     // not the text's own width, which changes when it folds: Qt ran into itself and died
    readonly property bool folded: natural + around > most
    visible: label !== ""
    width: Math.min(most, natural + around); height: t.chip
    TextMetrics { id: measure; text: chip.label; font.family: chip.t.font; font.pixelSize: chip.t.label }
    Rectangle {
        anchors.fill: parent; radius: height / 2
        color: chip.down ? chip.t.mix(chip.t.surface, chip.t.text, 0.12) : chip.t.fade(chip.t.surface, 0.85)
        border { width: Math.max(1, chip.t.u(2)); color: chip.chosen ? chip.t.brand : chip.t.mix(chip.t.line, chip.t.text, 0.15) }
    }
    Row {
        anchors.centerIn: parent
        spacing: chip.t.label * 0.4
        Icon { visible: chip.icon !== ""; anchors.verticalCenter: parent.verticalCenter; name: chip.icon; tint: chip.t.text; size: chip.t.label * 1.1; weight: 2 }
        Words {   // what is too long is folded in two where the chip is tall enough for it
            id: word
            objectName: "label"
            readonly property bool mayElide: chip.folded
            t: chip.t
            anchors.verticalCenter: parent.verticalCenter
            width: chip.folded ? chip.most - chip.around : chip.natural
            maximumLineCount: chip.folded && 2.3 * chip.t.label <= chip.height ? 2 : 1
            wrapMode: maximumLineCount > 1 ? Text.Wrap : Text.NoWrap; elide: Text.ElideRight; lineHeight: 0.92
            text: chip.label; font.pixelSize: chip.t.label; horizontalAlignment: Text.AlignHCenter
        }
    }
}
