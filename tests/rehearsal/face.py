"""A full-screen Qt Quick window that tells what reaches it, a JSON line each, and takes the colour it is told.
A white mark of 4 x 4 pixels in its middle makes it no plain picture.

    in    {"do": "colour", "colour": "#rrggbb"}
    out   {"event": "window", "x", "y", "width", "height", "full_screen"}   {"event": "painted", "colour"}
          {"event": "touch", "kind": press | move | release, "points": {id: [x, y]}}   {"event": "click", "x", "y"}

The left half takes touch itself; the right half holds a button, for which a finger is a mouse.
"""

from __future__ import annotations

import json
import sys
import threading

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import QQuickWindow

QML = b"""
import QtQuick
Window {
    id: face
    visible: true
    visibility: Window.FullScreen
    color: teller.colour
    Rectangle { anchors.centerIn: parent; width: 4; height: 4; color: "white" }
    function points(list) {
        let all = {};
        for (const p of list) all[p.pointId] = [p.x, p.y];
        return JSON.stringify(all);
    }
    MultiPointTouchArea {
        width: parent.width / 2; height: parent.height
        mouseEnabled: false
        onPressed: list => teller.touch("press", face.points(list))
        onUpdated: list => teller.touch("move", face.points(list))
        onReleased: list => teller.touch("release", face.points(list))
    }
    MouseArea {
        x: parent.width / 2; width: parent.width / 2; height: parent.height
        onClicked: mouse => teller.click(x + mouse.x, mouse.y)
    }
}
"""


def tell(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


class Teller(QObject):
    changed = Signal()
    told = Signal(str)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._colour = QColor("#203040")
        self.told.connect(self.take)

    @Property(QColor, notify=changed)
    def colour(self) -> QColor:
        return self._colour

    @Slot(str)
    def take(self, colour: str) -> None:
        self._colour = QColor(colour)
        self.changed.emit()

    @Slot(str, str)
    def touch(self, kind: str, points: str) -> None:
        tell("touch", kind=kind, points=json.loads(points))

    @Slot(float, float)
    def click(self, x: float, y: float) -> None:
        tell("click", x=x, y=y)

    def listen(self) -> None:
        for line in sys.stdin:
            self.told.emit(json.loads(line)["colour"])
        # Not QGuiApplication.quit() from here: off its own thread that call keeps the GIL while it waits for the GUI
        # thread, which waits for the GIL.
        self.ended.emit()


def main() -> int:
    app = QGuiApplication(sys.argv)
    teller = Teller()
    teller.ended.connect(app.quit)
    engine = QQmlEngine()
    engine.rootContext().setContextProperty("teller", teller)
    component = QQmlComponent(engine)
    component.setData(QML, QUrl())
    window = component.create()
    assert isinstance(window, QQuickWindow), component.errorString()

    def painted() -> None:
        tell("painted", colour=window.color().name())

    def placed() -> None:
        full = window.visibility() == QQuickWindow.Visibility.FullScreen
        place = window.geometry()
        tell("window", x=place.x(), y=place.y(), width=place.width(), height=place.height(), full_screen=full)

    window.frameSwapped.connect(painted)
    for change in (window.widthChanged, window.heightChanged, window.visibilityChanged, window.activeChanged):
        change.connect(placed)
    placed()
    threading.Thread(target=teller.listen, daemon=True).start()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
