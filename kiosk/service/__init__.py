"""The local Voice API: recognition, answers and speech on this machine."""
