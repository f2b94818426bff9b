# pymodbus as the master of our simulator: every function, each result printed.
import sys

from pymodbus.client import ModbusTcpClient

client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
client.connect()
unit = {"slave": 1}  # pymodbus 3.0.0 calls it `unit` in the two last functions.
print(client.read_coils(0, 5, **unit).bits[:5])
print(client.read_discrete_inputs(3, 2, **unit).bits[:2])
print(client.read_holding_registers(10, 3, **unit).registers)
print(client.read_input_registers(10, 2, **unit).registers)
client.write_coil(1, True, **unit)
client.write_register(20, 0xBEEF, **unit)
client.write_coils(2, [True, False, True], **unit)
client.write_registers(21, [1, 2, 3], **unit)
client.mask_write_register(20, and_mask=0xFF00, or_mask=0x00AA, unit=1)
print(client.readwrite_registers(read_address=20, read_count=4, write_address=30, write_registers=[7, 8], unit=1).registers)
print(client.read_coils(0, 5, **unit).bits[:5])
print(client.read_holding_registers(30, 2, **unit).registers)
print(client.read_holding_registers(500, 1, **unit).exception_code)
print(client.read_holding_registers(0, 1, slave=9).exception_code)
client.close()
