import QtQuick
// A side control: icon in a quiet disc, its word below. The word is part of the target.
Target {
    id: b
    required property var view
    property var control: ({})
    property string begunAs: ""
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
    }
    Words {
        objectName: "label"
        t: b.t
        anchors.horizontalCenter: parent.horizontalCenter
        y: b.t.disc + b.t.u(12)
        width: Math.min(implicitWidth, b.t.slot + b.t.gap * 0.9)
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap; maximumLineCount: 2; elide: Text.ElideRight; lineHeight: 0.92
        text: b.control.label || ""
        font.pixelSize: b.t.label
    }
}
