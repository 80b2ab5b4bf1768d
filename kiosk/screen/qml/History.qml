import QtQuick
// What was said so far, newest at the foot. A finger scrolls it; a touch of one's own words corrects them.
ListView {
    id: list
    required property var t
    required property var view
    readonly property color behind: t.mix(t.ground, t.groundDeep, 0.5)
    model: view.history
    clip: true
    verticalLayoutDirection: ListView.BottomToTop
    flickableDirection: Flickable.VerticalFlick
    boundsBehavior: Flickable.StopAtBounds
    maximumFlickVelocity: 3000 * t.unit
    pixelAligned: true
    reuseItems: true
    cacheBuffer: 0                // lines made ahead of need are made later: one was still being made when all were wiped
    onMovementStarted: view.scrolled()
    onMovementEnded: view.scrolled()
    TapHandler { gesturePolicy: TapHandler.ReleaseWithinBounds; longPressThreshold: 0; onTapped: list.view.scrolled() }   // between the lines is not beside the list
    footer: Words {   // stands on top: the list is built from its foot
        t: list.t; text: list.view.words.earlierNote; width: list.width; color: list.t.muted; wrapMode: Text.Wrap; font.pixelSize: list.t.label
    }
    delegate: Item {
        id: line
        required property bool mine
        required property bool first
        required property string person
        required property string said
        required property string rest
        required property bool live
        required property string item_id
        readonly property real inset: mine ? list.t.u(24) : 0
        width: list.width - list.t.u(24); height: words.height + list.t.u(first ? 26 : 6)
        x: list.t.lead(0, width, list.width)
        objectName: mine ? "line" : ""
        Rectangle { visible: line.mine; anchors.left: parent.left; y: words.y; width: Math.max(2, list.t.u(4)); height: words.height; radius: width / 2; color: list.t.line }
        Column {
            id: words
            x: list.t.lead(line.inset, width, line.width); y: list.t.u(line.first ? 26 : 6)
            width: line.width - line.inset
            Words { visible: line.first; t: list.t; width: parent.width; text: line.mine ? list.view.words.you : line.person || list.view.words.guide; color: list.t.muted; font.pixelSize: list.t.label }
            Words {
                visible: text !== ""; t: list.t; width: parent.width; wrapMode: Text.Wrap; lineHeight: 1.1
                text: line.said + (line.live ? " …" : line.rest !== "" ? " –" : "")
                color: line.mine ? (tap.pressed ? list.t.text : list.t.muted) : list.t.text
                font.pixelSize: list.view.large ? list.t.s.caption : list.t.body
            }
            Words { visible: text !== ""; t: list.t; width: parent.width; wrapMode: Text.Wrap; lineHeight: 1.1; text: line.rest; color: list.t.coming
                    font.pixelSize: list.view.large ? list.t.s.caption : list.t.body }
        }
        TapHandler {
            id: tap
            enabled: line.mine
            gesturePolicy: TapHandler.DragThreshold     // a finger that moves scrolls
            longPressThreshold: 0
            onTapped: list.view.correctLine(line.item_id)
        }
    }
    Rectangle {   // older words go out under the edge
        visible: !list.atYBeginning
        width: list.width; height: list.t.u(56)
        gradient: Gradient { GradientStop { position: 0; color: list.behind } GradientStop { position: 1; color: list.t.fade(list.behind, 0) } }
    }
    Rectangle {   // where one is in it
        visible: list.visibleArea.heightRatio < 1
        x: list.t.lead(list.width - width, width, list.width)
        y: list.visibleArea.yPosition * list.height
        width: Math.max(2, list.t.u(4)); height: Math.max(list.t.u(40), list.visibleArea.heightRatio * list.height); radius: width / 2; color: list.t.line
    }
}
