# pymodbus as a machine of 500 float32 values in holding registers, which move twice a second; e2e/modbus-peer.ts is the same by our simulator.
import struct
import sys
import threading
import time

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartTcpServer

POINTS = 500
MOVES_EVERY_S = 0.5

unit = ModbusSlaveContext(hr=ModbusSequentialDataBlock(0, [0] * (2 * POINTS)), zero_mode=True)


def move():
    while True:
        tenths = (int(time.time() / MOVES_EVERY_S) % 10) / 10
        words = []
        for i in range(POINTS):
            words += struct.unpack(">HH", struct.pack(">f", i + tenths))
        unit.setValues(3, 0, words)
        time.sleep(MOVES_EVERY_S)


threading.Thread(target=move, daemon=True).start()
StartTcpServer(context=ModbusServerContext(slaves={1: unit}, single=False), address=("127.0.0.1", int(sys.argv[1])))
