/* libmodbus as the device: bits and numbers of its own, then whatever is written to it. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    modbus_t *ctx = modbus_new_tcp("127.0.0.1", atoi(argc > 1 ? argv[1] : "0"));
    modbus_mapping_t *map = modbus_mapping_new(100, 100, 200, 200);
    if (ctx == NULL || map == NULL) return 1;
    for (int i = 0; i < 100; i++) {
        map->tab_bits[i] = i % 2;
        map->tab_input_bits[i] = i % 5 == 0;
    }
    for (int i = 0; i < 200; i++) map->tab_input_registers[i] = (uint16_t)(i * 7);
    /* Not modbus_set_float_*: in 3.1.6 and later releases they do not write what their getters read (libmodbus #665, #807). */
    MODBUS_SET_INT32_TO_INT16(map->tab_registers, 0, -1234567890);
    MODBUS_SET_INT64_TO_INT16(map->tab_registers, 2, -1234567890123456789LL);

    int listening = modbus_tcp_listen(ctx, 1);
    if (listening == -1) return 2;
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    for (;;) {
        if (modbus_tcp_accept(ctx, &listening) == -1) return 3;
        int length;
        while ((length = modbus_receive(ctx, query)) >= 0)
            if (length > 0) modbus_reply(ctx, query, length, map);
        modbus_close(ctx);
    }
}
