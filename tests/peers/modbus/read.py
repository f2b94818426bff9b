# pymodbus's own client looks at one holding register.
import sys

from pymodbus.client import ModbusTcpClient

client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
client.connect()
print(client.read_holding_registers(int(sys.argv[2]), 1, slave=1).registers[0])
client.close()
