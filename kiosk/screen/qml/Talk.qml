import QtQuick
// The screen of a conversation. Portrait: orb, words, row. Landscape: orb in the first 40 %, words and row in the rest.
Item {
    id: face
    required property var t
    required property var view
    required property var scene
    readonly property bool notice: scene.face === "notice"
    readonly property real columnX: t.portrait ? t.margin : width * 0.40
    readonly property real columnWidth: width - columnX - t.margin
    readonly property real rowX: t.compact ? t.margin : columnX
    readonly property real noticeX: t.compact ? t.margin : columnX
    readonly property bool plain: scene.face === "plain"
    Orb {
        visible: !face.plain && !(face.notice && face.t.compact)
        t: face.t; view: face.view; mode: face.scene.mode
        width: face.t.pick(face.view.large ? 460 : 560, 580); height: width
        x: (face.t.portrait ? face.width * 0.5 : face.width * 0.21) - width / 2
        y: (face.t.portrait ? face.t.u(face.view.large ? 470 : 535) : face.height * (face.t.compact ? 0.44 : 0.52)) - height / 2
    }
    Captions {
        id: captions
        visible: !face.notice
        t: face.t; view: face.view; scene: face.scene
        x: face.columnX; width: face.columnWidth
        y: face.t.portrait ? face.t.u(face.view.large ? 790 : 890) : face.t.u(face.view.large ? 179 : 206)
        foot: chips.visible ? chips.y - face.t.u(20) : row.y - face.t.u(28)
    }
    Column {
        visible: face.notice
        x: face.noticeX; width: face.width - x - face.t.margin; y: captions.y; spacing: face.t.u(26)
        Words { objectName: "state"; t: face.t; text: face.scene.word; color: face.t.hue; font { pixelSize: face.t.state; weight: Font.Medium } }
        Repeater {
            model: face.notice ? face.scene.lines : []
            Words { required property string modelData; objectName: "label"; t: face.t; text: modelData; width: face.width - face.noticeX - face.t.margin; wrapMode: Text.Wrap; lineHeight: 1.08 }
        }
    }
    Row {
        id: chips
        objectName: "chips"
        readonly property var list: face.scene.chips
        visible: list.length > 0 && !face.view.large
        spacing: Math.max(face.t.u(20), 5 * face.t.s.mm)
        x: face.columnX; y: row.y - height - face.t.pick(64, 49)
        Chip { t: face.t; most: face.columnWidth - x; label: chips.list[0] || ""; onHit: face.view.choose(label) }
        Chip { t: face.t; most: face.columnWidth - x; label: x + implicit < face.columnWidth ? (chips.list[1] || "") : ""; readonly property real implicit: face.t.label * 4; onHit: face.view.choose(label) }
        Chip { t: face.t; most: face.columnWidth - x; label: x + implicit < face.columnWidth ? (chips.list[2] || "") : ""; readonly property real implicit: face.t.label * 4; onHit: face.view.choose(label) }
        Chip { t: face.t; most: face.columnWidth - x; label: x + implicit < face.columnWidth ? (chips.list[3] || "") : ""; readonly property real implicit: face.t.label * 4; onHit: face.view.choose(label) }
    }
    Pill {
        visible: face.notice
        t: face.t; view: face.view; control: face.notice ? face.scene.left[0] : ({})
        x: face.t.compact ? row.x + (row.width - 2 * face.t.gap) * 0.37 + face.t.gap : row.x
        width: face.t.compact ? (row.width - 2 * face.t.gap) * 0.37 : (row.width - face.t.gap) * 0.6
        y: face.t.compact ? row.y : row.y - height - face.t.gap * 1.7
    }
    Controls {
        id: row
        objectName: "row"
        visible: !face.plain
        t: face.t; view: face.view; scene: face.scene
        x: face.rowX; width: face.width - x - face.t.margin
        y: face.height - height - face.t.pick(137, 92)
    }
    Words {
        objectName: "label"
        visible: !face.plain
        t: face.t; text: face.view.words.footer; color: face.t.muted; font.pixelSize: face.t.label
        x: row.x + (row.width - width) / 2; y: face.height - height - face.t.pick(45, 21)
    }
}
