/* libmodbus as the master of our simulator: every function, each result printed. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>

static void show(const char *what, int got, const uint16_t *words, const uint8_t *bits)
{
    printf("%s %d:", what, got);
    for (int i = 0; i < got; i++) printf(" %d", words ? words[i] : bits[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    modbus_t *ctx = modbus_new_tcp("127.0.0.1", atoi(argc > 1 ? argv[1] : "0"));
    uint16_t words[125];
    uint8_t bits[2000];
    modbus_set_slave(ctx, 1);
    if (modbus_connect(ctx) == -1) return 1;
    show("coils", modbus_read_bits(ctx, 0, 5, bits), NULL, bits);
    show("inputs", modbus_read_input_bits(ctx, 3, 2, bits), NULL, bits);
    show("holding", modbus_read_registers(ctx, 10, 3, words), words, NULL);
    show("input", modbus_read_input_registers(ctx, 10, 2, words), words, NULL);
    const uint8_t on[] = {1, 0, 1};
    const uint16_t some[] = {1, 2, 3};
    printf("write %d", modbus_write_bit(ctx, 1, 1));
    printf(" %d", modbus_write_register(ctx, 20, 0xBEEF));
    printf(" %d", modbus_write_bits(ctx, 2, 3, on));
    printf(" %d", modbus_write_registers(ctx, 21, 3, some));
    printf(" %d\n", modbus_mask_write_register(ctx, 20, 0xFF00, 0x00AA));
    show("both", modbus_write_and_read_registers(ctx, 30, 2, some, 20, 4, words), words, NULL);
    show("most", modbus_read_registers(ctx, 0, 125, words) == 125 ? 1 : -1, words, NULL);
    modbus_read_registers(ctx, 40, 8, words);
    printf("floats %.2f %.2f %.2f %.2f\n", modbus_get_float_abcd(words), modbus_get_float_cdab(words + 2), modbus_get_float_badc(words + 4),
           modbus_get_float_dcba(words + 6));
    printf("refused %d", modbus_read_registers(ctx, 500, 1, words));
    printf(" %d\n", errno == EMBXILADD);
    modbus_set_slave(ctx, 9);
    printf("absent %d", modbus_read_registers(ctx, 0, 1, words));
    printf(" %d\n", errno == EMBXGTAR);
    modbus_close(ctx);
    return 0;
}
