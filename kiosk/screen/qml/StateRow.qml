import QtQuick
// What the kiosk does, in a word: with the lamp's dot before it, and at the far edge the way to what was said earlier.
Item {
    id: row
    required property var t
    required property var view
    required property var scene
    readonly property bool open: view.sheet !== ""
    readonly property var control: open ? ({ act: "close", icon: "down", label: view.words.close }) : scene.earlier
    height: word.height
    Row {
        objectName: "state"
        anchors.left: parent.left
        spacing: row.t.u(16)
        Rectangle {   // filled while the microphone is open, a ring while it is not
            anchors.verticalCenter: parent.verticalCenter
            width: row.t.state * 0.5; height: width; radius: width / 2
            color: row.scene.lamp ? row.t.hue : "transparent"
            border { width: row.t.state * 0.08; color: row.t.hue }
        }
        Words {
            id: word
            objectName: "label"
            t: row.t; text: row.scene.word; color: row.t.hue
            width: Math.min(implicitWidth, row.width - row.t.state * 0.5 - row.t.u(16) - (end.visible ? end.width + row.t.u(24) : 0))
            fontSizeMode: Text.HorizontalFit; minimumPixelSize: row.t.label      // a guide with a long name
            elide: row.t.tight ? Text.ElideRight : Text.ElideNone
            readonly property bool mayElide: row.t.tight
            font { pixelSize: row.t.state; weight: Font.Medium }
        }
    }
    Rectangle {   // reduced motion: a bar is all that moves
        objectName: "level"
        visible: row.t.calm && row.view.level > 0
        anchors.left: parent.left
        y: row.height + row.t.u(8); height: Math.max(2, row.view.sizes.mm); width: visible ? row.view.level * 60 * row.view.sizes.mm : 0; color: row.t.hue
    }
    Target {
        id: end
        property var control: row.control
        t: row.t
        objectName: control.act || "target"
        visible: !!control.act && (row.open || !row.t.low) && !row.t.tight
        anchors { right: parent.right; verticalCenter: parent.verticalCenter }
        width: Math.max(inner.width, 12 * t.s.mm); height: Math.max(inner.height, 12 * t.s.mm)
        onHit: row.open ? row.view.closeSheet() : row.view.act("history")
        Row {
            id: inner
            anchors { right: parent.right; verticalCenter: parent.verticalCenter }
            spacing: row.t.label * 0.35
            Words { objectName: "label"; t: row.t; text: end.control.label || ""; color: end.down ? row.t.text : row.t.muted; font.pixelSize: row.t.label }
            Icon { anchors.verticalCenter: parent.verticalCenter; name: end.control.icon || ""; tint: end.down ? row.t.text : row.t.muted; size: row.t.label * 1.1; weight: 2 }
        }
    }
}
