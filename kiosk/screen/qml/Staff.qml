import QtQuick
// Above every screen: the PIN pad, and behind it the panel. A tree of its own, so that it stands when a screen falls.
Item {
    id: above
    readonly property bool pane: true          // it covers what lies under it
    required property var view
    required property var staff
    anchors.fill: parent
    visible: staff.stage !== ""
    LayoutMirroring.enabled: staff.mirrored
    LayoutMirroring.childrenInherit: true
    Tokens { id: t; view: above.view; hueName: "rest" }
    readonly property Tokens tokens: t
    Rectangle {
        anchors.fill: parent
        gradient: Gradient { GradientStop { position: 0; color: t.ground } GradientStop { position: 1; color: t.groundDeep } }
    }
    TapHandler { gesturePolicy: TapHandler.ReleaseWithinBounds; onTapped: if (above.staff.stage === "panel") above.staff.touched() }
    Loader {
        anchors.fill: parent
        active: above.staff.stage !== "" && above.staff.stage !== "panel"
        sourceComponent: Component { PinPad { t: above.tokens; staff: above.staff } }
    }
    Loader {
        anchors.fill: parent
        active: above.staff.stage === "panel"
        sourceComponent: Component { StaffPanel { t: above.tokens; staff: above.staff } }
    }
}
