import QtQuick
// The control row: two discs, one pill, two discs; or a pair of pills, 60 to 40. The pill never moves.
Item {
    id: row
    required property var t
    required property var view
    required property var scene
    readonly property bool pair: scene.left.length === 0 || scene.face === "notice"
    readonly property int discs: Math.max(scene.left.length, scene.right.length)
    readonly property bool three: t.compact && scene.face === "notice"      // the third pill stands between the two
    readonly property real side: 2 * (t.slot + t.gap)
    height: Math.max(t.pill, t.disc + t.u(12) + t.label * 1.3)
    Row {
        visible: !row.pair
        spacing: row.t.gap
        Disc { t: row.t; view: row.view; control: row.scene.left[0] || ({}) }
        Disc { t: row.t; view: row.view; control: row.scene.left[1] || ({}) }
    }
    Pill {
        objectName: "pill"
        t: row.t; view: row.view; control: row.scene.main; level: row.view.level
        y: row.t.compact ? Math.max(0, (row.t.disc - height) / 2) : (row.t.disc - height) / 2
        x: row.pair ? 0 : row.side
        width: row.pair ? row.three ? (row.width - 2 * row.t.gap) * 0.37 : (row.width - row.t.gap) * 0.6 : row.width - 2 * row.side
    }
    Pill {
        t: row.t; view: row.view; control: row.scene.other
        y: row.t.compact ? Math.max(0, (row.t.disc - height) / 2) : (row.t.disc - height) / 2
        width: row.three ? (row.width - 2 * row.t.gap) * 0.26 : (row.width - row.t.gap) * 0.4
        x: row.width - width
    }
    Row {
        visible: !row.pair
        spacing: row.t.gap
        anchors.right: parent.right
        Disc { t: row.t; view: row.view; control: row.scene.right[0] || ({}) }
        Disc { t: row.t; view: row.view; control: row.scene.right[1] || ({}) }
    }
}
