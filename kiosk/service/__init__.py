"""The local Voice API: recognition, answers and speech on this machine."""

import os

# Without it onnxruntime (1.32) makes an ID of the machine when it is imported, and queues that, the system and the
# program's path for its maker (the queue was seen); `disable_telemetry_events()` comes too late for that.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
