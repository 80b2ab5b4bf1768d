"""What stands around the screen and the sound: buttons, lamps, peripherals."""
