import QtQuick
// The control row: two discs, one pill, two discs; or a pair of pills, 60 to 40. The pill never moves.
Item {
    id: row
    required property var t
    required property var view
    required property var scene
    readonly property bool pair: scene.left.length === 0
    readonly property real side: 2 * (t.slot + t.gap)
    readonly property real discY: t.stacked ? t.pill + t.gap : 0
    readonly property real pillY: t.stacked ? 0 : t.compact ? Math.max(0, (t.disc - t.pill) / 2) : (t.disc - t.pill) / 2
    height: Math.max(t.pill, discY + t.disc + t.u(12) + t.label * 1.3)
    Row {
        visible: !row.pair
        anchors.left: parent.left
        y: row.discY
        spacing: row.t.gap
        Disc { t: row.t; view: row.view; control: row.scene.left[0] || ({}); edge: -1 }
        Disc { t: row.t; view: row.view; control: row.scene.left[1] || ({}) }
    }
    Pill {
        objectName: "pill"
        t: row.t; view: row.view; control: row.scene.main; level: row.view.simple ? 0.3 : row.view.level
        y: row.pillY
        x: row.pair ? row.t.lead(0, width, row.width) : row.t.stacked ? 0 : row.side
        width: row.pair ? (row.width - row.t.gap) * 0.6 : row.t.stacked ? row.width : row.width - 2 * row.side
    }
    Pill {
        t: row.t; view: row.view; control: row.scene.other
        y: row.pillY
        width: (row.width - row.t.gap) * 0.4
        x: row.t.lead(row.width - width, width, row.width)
    }
    Row {
        visible: !row.pair
        anchors.right: parent.right
        y: row.discY
        spacing: row.t.gap
        Disc { t: row.t; view: row.view; control: row.scene.right[0] || ({}) }
        Disc { t: row.t; view: row.view; control: row.scene.right[1] || ({}); edge: 1 }
    }
}
