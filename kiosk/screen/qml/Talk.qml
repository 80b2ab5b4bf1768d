import QtQuick
// The screen of a conversation. Portrait: orb, words, row. Landscape: orb in the first 40 %, words and row in the rest.
Item {
    id: face
    required property var t
    required property var view
    required property var scene
    onVisibleChanged: if (visible && t.change > 0) rise.restart()
    NumberAnimation { id: rise; target: face; property: "opacity"; from: 0; to: 1; duration: face.t.change; easing.type: Easing.OutCubic }
    readonly property bool notice: scene.face === "notice"
    readonly property bool open: view.sheet !== ""                      // a sheet stands in the place of the words
    readonly property real columnStart: t.portrait || (notice && t.compact) ? t.margin : width * 0.40
    readonly property real columnWidth: width - columnStart - t.margin
    readonly property real columnX: t.lead(columnStart, columnWidth, width)
    readonly property bool smaller: view.large || t.stacked            // the orb makes room for the words
    readonly property real upper: t.portrait ? t.u(smaller ? 790 : 890) : t.u(view.large ? 179 : 206)
    readonly property real foot: (tools.visible ? tools.y : chips.visible ? chips.y + t.u(8) : row.y) - t.u(28)
    Orb {
        id: orb
        visible: !(face.notice && face.t.tight)
        t: face.t; view: face.view; mode: face.scene.mode
        width: face.t.pick(face.smaller ? 460 : 560, 580); height: width
        x: face.t.portrait ? (face.width - width) / 2 : face.t.lead(face.width * 0.21 - width / 2, width, face.width)
        y: (face.t.portrait ? face.t.u(face.smaller ? 470 : 535) : face.height * (face.t.tight ? 0.44 : 0.52)) - height / 2
    }
    Code {   // in the lamp's place: its glasses go on around it
        id: code
        objectName: "code"
        parent: orb
        anchors.centerIn: orb
        code: face.scene.code
        most: orb.width * 0.52
    }
    Words {
        objectName: "label"
        visible: face.notice && orb.visible && code.visible
        t: face.t; text: face.scene.note; color: face.t.muted
        x: orb.x + (orb.width - width) / 2; y: orb.y + orb.height - face.t.u(12)
    }
    StateRow {
        id: state
        visible: !face.notice
        t: face.t; view: face.view; scene: face.scene
        x: face.columnX; y: face.upper; width: face.columnWidth
    }
    Captions {
        visible: !face.notice && !face.open
        t: face.t; view: face.view; scene: face.scene
        x: face.columnX; width: face.columnWidth
        y: state.y + state.height + face.t.u(32)
        foot: face.foot
    }
    Loader {
        active: face.open
        x: face.columnX; width: face.columnWidth
        y: state.y + (face.notice ? 0 : state.height + face.t.u(32))
        height: Math.max(1, Math.min(face.foot, row.y + row.pillY - face.t.u(28)) - y)
        sourceComponent: ({ sound: sound, language: languages, history: history })[face.view.sheet] || null
    }
    Component { id: sound; SoundSheet { t: face.t; view: face.view; scene: face.scene } }
    Component { id: languages; Languages { t: face.t; view: face.view; scene: face.scene } }
    Component { id: history; History { t: face.t; view: face.view } }
    Loader {
        id: answers
        active: face.notice
        visible: active
        x: face.columnX; width: face.columnWidth
        y: row.y + (face.t.stacked ? row.height : row.pillY + face.t.pill) - height
        sourceComponent: Component { Answers { t: face.t; view: face.view; scene: face.scene } }
    }
    Column {
        visible: face.notice && !face.open
        x: face.columnX; width: face.columnWidth; y: face.upper; spacing: face.t.u(26)
        Words { objectName: "state"; t: face.t; width: face.columnWidth; text: face.scene.word; color: face.t.hue; font { pixelSize: face.t.state; weight: Font.Medium } }
        Repeater {
            model: face.scene.lines
            Words { required property string modelData; objectName: "label"; t: face.t; text: modelData; width: face.columnWidth; wrapMode: Text.Wrap; lineHeight: 1.08 }
        }
    }
    Flow {   // stands on its foot and grows upward
        id: chips
        objectName: "chips"
        readonly property var list: face.scene.chips
        readonly property bool many: height > face.t.chip * 1.5
        visible: list.length > 0 && !face.view.large && !face.open && !(many && (face.scene.tone === "live" || (face.t.tight && (face.scene.remark || face.scene.heard !== ""))))
        spacing: Math.max(face.t.u(20), 5 * face.t.s.mm)
        x: face.columnX; width: face.columnWidth; y: row.y - height - face.t.pick(64, 49)
        FontMetrics { id: letters; font.family: face.t.font; font.pixelSize: face.t.label }
        function rows(most) {
            let n = 1, x = 0
            for (const label of list) {
                const w = Math.min(most, letters.advanceWidth(label) + face.t.chipPad)
                if (x > 0 && x + w > width) { n += 1; x = 0 }
                x += w + spacing
            }
            return n
        }
        readonly property int room: Math.max(1, Math.floor((row.y - face.upper - 3.2 * face.t.caption) / (face.t.chip + spacing)))    // rows
        readonly property real most: rows(width) > room ? (width - spacing) / 2 : width
        Repeater {
            model: chips.list.length
            Chip {
                required property int index
                t: face.t; label: chips.list[index] || ""
                most: chips.most
                onHit: face.view.choose(label)
            }
        }
    }
    Tools {   // everything that can be touched stands below the middle
        id: tools
        visible: face.t.low && count > 0 && (!face.notice || face.view.lowered)
        t: face.t; view: face.view; scene: face.scene
        x: face.t.lead(0, width, face.columnWidth) + face.columnX
        y: (face.notice ? answers.y : chips.visible ? chips.y : row.y) - height - Math.max(face.t.pick(48, 30), 5 * face.t.s.mm)
    }
    Controls {
        id: row
        objectName: "row"
        visible: !face.notice
        t: face.t; view: face.view; scene: face.scene
        width: face.t.tight ? face.width - 2 * face.t.margin : face.columnWidth
        x: face.t.tight ? face.t.margin : face.columnX
        y: face.height - height - face.t.pick(137, 92)
    }
    Words {
        objectName: "label"
        t: face.t; text: face.view.words.footer; color: face.t.muted; font.pixelSize: face.t.label
        x: row.x + (row.width - width) / 2; y: face.height - height - face.t.pick(45, 21)
    }
}
