/* Loaded into the compositor by the session, where that is cage 0.1.4 (Debian 12). It passes every touch on and never
   says which of them belong together (mended in 0.1.5, pull request 272): without `wl_touch.frame` Qt hears of a finger
   only as it is lifted, and crashed over it at the first touch. Here each of them is followed by its frame. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

struct wlr_seat;
struct wlr_surface;
void wlr_seat_touch_notify_frame(struct wlr_seat *seat);

__attribute__((constructor)) static void for_the_compositor_alone(void) { unsetenv("LD_PRELOAD"); }

uint32_t wlr_seat_touch_notify_down(struct wlr_seat *seat, struct wlr_surface *surface, uint32_t time_msec, int32_t id,
                                    double x, double y) {
  uint32_t (*next)(struct wlr_seat *, struct wlr_surface *, uint32_t, int32_t, double, double) =
      dlsym(RTLD_NEXT, __func__);
  uint32_t serial = next(seat, surface, time_msec, id, x, y);
  wlr_seat_touch_notify_frame(seat);
  return serial;
}

void wlr_seat_touch_notify_motion(struct wlr_seat *seat, uint32_t time_msec, int32_t id, double x, double y) {
  void (*next)(struct wlr_seat *, uint32_t, int32_t, double, double) = dlsym(RTLD_NEXT, __func__);
  next(seat, time_msec, id, x, y);
  wlr_seat_touch_notify_frame(seat);
}

void wlr_seat_touch_notify_up(struct wlr_seat *seat, uint32_t time_msec, int32_t id) {
  void (*next)(struct wlr_seat *, uint32_t, int32_t) = dlsym(RTLD_NEXT, __func__);
  next(seat, time_msec, id);
  wlr_seat_touch_notify_frame(seat);
}
