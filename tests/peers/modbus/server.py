# pymodbus as the device: values of every type in every order, packed by pymodbus itself; then whatever is written to it.
import sys

from pymodbus.constants import Endian
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.payload import BinaryPayloadBuilder
from pymodbus.server import StartSerialServer, StartTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

ORDERS = [(Endian.Big, Endian.Big), (Endian.Big, Endian.Little), (Endian.Little, Endian.Big), (Endian.Little, Endian.Little)]
VALUES = [
    ("add_16bit_uint", 0xFEDC),
    ("add_16bit_int", -12345),
    ("add_32bit_uint", 0xFEDCBA98),
    ("add_32bit_int", -1234567890),
    ("add_32bit_float", -1234.5),
    ("add_64bit_uint", 0xFEDCBA9876543210),
    ("add_64bit_int", -1234567890123456789),
    ("add_64bit_float", -1.5e300),
]


def registers():
    # 100 registers for each order, each value at a multiple of 4.
    all_of_them = [0] * 1000
    for number, (byteorder, wordorder) in enumerate(ORDERS):
        for position, (add, value) in enumerate(VALUES):
            builder = BinaryPayloadBuilder(byteorder=byteorder, wordorder=wordorder)
            getattr(builder, add)(value)
            words = [int.from_bytes(b"".join([two]), "big") for two in builder.build()]
            start = number * 100 + position * 4
            all_of_them[start : start + len(words)] = words
    return all_of_them


def bits(count):
    return [i % 3 == 0 for i in range(count)]


unit = ModbusSlaveContext(
    co=ModbusSequentialDataBlock(0, bits(100)),
    di=ModbusSequentialDataBlock(0, bits(100)),
    hr=ModbusSequentialDataBlock(0, registers()),
    ir=ModbusSequentialDataBlock(0, registers()),
    zero_mode=True,
)
context = ModbusServerContext(slaves={1: unit}, single=False)
if sys.argv[1] == "serial":
    StartSerialServer(context=context, framer=ModbusRtuFramer, port=sys.argv[2], baudrate=19200)
else:
    # As a device behind a transparent serial server: frames of the serial line, by TCP.
    framer = ModbusRtuFramer if sys.argv[1] == "rtu" else ModbusSocketFramer
    StartTcpServer(context=context, framer=framer, address=("127.0.0.1", int(sys.argv[-1])))
