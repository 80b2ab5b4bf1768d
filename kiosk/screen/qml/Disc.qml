import QtQuick
import "shapes.js" as S
// A side control: icon in a quiet disc, its word below. The word is part of the target.
Target {
    id: b
    required property var view
    property var control: ({})
    property string begunAs: ""
    property int edge: 0              // -1 the first of the row, 1 the last: its word does not leave the margin
    visible: !!control.act
    width: t.slot; height: t.disc + t.u(12) + t.label * 1.3
    onBegan: begunAs = control.act || ""
    onHit: if (begunAs !== "" && begunAs === control.act) view.act(begunAs)
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        width: b.t.disc; height: width; radius: width / 2
        color: b.down ? b.t.mix(b.t.surface, b.t.text, 0.12) : b.t.surface
        border { width: Math.max(1, b.t.u(2)); color: b.t.line }
        Icon { anchors.centerIn: parent; name: b.control.icon || ""; tint: b.t.text; size: b.t.disc * 0.44 }
        Stroke {   // how far the visitor has turned it
            visible: (b.control.share || 0) > 0
            anchors.fill: parent
            d: S.arc(width / 2, width / 2 - weight, -90, -90 + 359.9 * Math.min(1, b.control.share || 0))
            weight: Math.max(2, b.t.u(5)); tint: b.t.text
        }
    }
    Words {
        objectName: "label"
        t: b.t
        readonly property real spare: b.width - width          // negative where the word is wider than its disc
        x: b.edge === 0 || spare >= 0 ? spare / 2 : b.t.lead(b.edge < 0 ? 0 : spare, width, b.width)
        y: b.t.disc + b.t.u(12)
        width: Math.min(implicitWidth, b.t.slot + b.t.gap * 1.1)
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.WordWrap; maximumLineCount: b.t.tight ? 1 : 2; elide: Text.ElideRight; lineHeight: 0.92
        text: b.control.label || ""
        font { pixelSize: b.t.label; letterSpacing: measure.advanceWidth > b.t.slot ? 1.3 * b.t.tracking(text, b.t.label) : 0 }    // two long words side by side
        TextMetrics { id: measure; text: b.control.label || ""; font.family: b.t.font; font.pixelSize: b.t.label }
    }
}
