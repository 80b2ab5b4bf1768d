import QtQuick
// A chip that does what a control of the scene does.
Chip {
    id: chip
    required property var view
    property var control: ({})
    property string begunAs: ""
    label: control.label || ""
    icon: control.icon || ""
    onBegan: begunAs = control.act || ""
    onHit: if (begunAs !== "" && begunAs === control.act) view.act(begunAs)
}
