/* A librtlsdr without a dongle, for the tests: two dongles, of which the second is in use by another program.
 * fake_unplug() ends reading as pulling the plug does; fake_value() tells what was set. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct { int in_use; } dongle;
typedef void (*reader)(unsigned char *, uint32_t, void *);

enum { RATE, CENTRE, PPM, GAIN, GAIN_MODE, AGC, BIAS_TEE, DIRECT, OFFSET, TEST, OPENED, CLOSED, REFUSED, VALUES };
static int values[VALUES];
static volatile int running, cancelled, unplugged;

int fake_value(int which) { return values[which]; }
void fake_unplug(void) { unplugged = 1; }
void fake_reset(void) { memset(values, 0, sizeof values); cancelled = unplugged = 0; }

uint32_t rtlsdr_get_device_count(void) { return 2; }
const char *rtlsdr_get_device_name(uint32_t index) { (void)index; return "Generic RTL2832U OEM"; }
int rtlsdr_get_device_usb_strings(uint32_t index, char *maker, char *product, char *serial)
{
    if (index > 1) return -2;
    if (maker) strcpy(maker, "RTLSDRBlog");
    if (product) strcpy(product, "Blog V4");
    if (serial) strcpy(serial, index ? "00000002" : "00000001");
    return 0;
}
int rtlsdr_get_index_by_serial(const char *serial)
{
    if (strcmp(serial, "00000001") == 0) return 0;
    return strcmp(serial, "00000002") == 0 ? 1 : -3;
}
int rtlsdr_open(dongle **out, uint32_t index)
{
    if (index > 1) return -1;
    if (index == 1) return -6; /* LIBUSB_ERROR_BUSY */
    *out = calloc(1, sizeof **out);
    values[OPENED]++;
    return 0;
}
int rtlsdr_close(dongle *dev) { values[CLOSED]++; free(dev); return 0; }
int rtlsdr_set_center_freq(dongle *dev, uint32_t hz)
{
    (void)dev;
    if (hz > 1766000000u) { values[REFUSED]++; return -1; }
    values[CENTRE] = (int)hz;
    return 0;
}
uint32_t rtlsdr_get_center_freq(dongle *dev) { (void)dev; return (uint32_t)values[CENTRE]; }
int rtlsdr_set_freq_correction(dongle *dev, int ppm)
{
    (void)dev;
    if (values[PPM] == ppm) return -2;
    values[PPM] = ppm;
    return 0;
}
int rtlsdr_get_freq_correction(dongle *dev) { (void)dev; return values[PPM]; }
int rtlsdr_get_tuner_type(dongle *dev) { (void)dev; return 6; }
int rtlsdr_get_tuner_gains(dongle *dev, int *gains)
{
    static const int table[] = {0, 9, 14, 27, 297, 496};
    (void)dev;
    if (gains) memcpy(gains, table, sizeof table);
    return (int)(sizeof table / sizeof *table);
}
int rtlsdr_set_sample_rate(dongle *dev, uint32_t rate)
{
    (void)dev;
    if (rate <= 225000 || rate > 3200000) return -22;
    values[RATE] = (int)rate;
    return 0;
}
uint32_t rtlsdr_get_sample_rate(dongle *dev) { (void)dev; return (uint32_t)values[RATE]; }
int rtlsdr_get_tuner_gain(dongle *dev) { (void)dev; return values[GAIN]; }
int rtlsdr_get_xtal_freq(dongle *dev, uint32_t *rtl, uint32_t *tuner)
{
    (void)dev;
    *rtl = *tuner = 28800000;
    return 0;
}

#define SETTER(name, which) int name(dongle *dev, int value) { (void)dev; values[which] = value; return 0; }
SETTER(rtlsdr_set_tuner_gain, GAIN)
SETTER(rtlsdr_set_tuner_gain_mode, GAIN_MODE)
SETTER(rtlsdr_set_agc_mode, AGC)
SETTER(rtlsdr_set_bias_tee, BIAS_TEE)
SETTER(rtlsdr_set_direct_sampling, DIRECT)
SETTER(rtlsdr_set_testmode, TEST)
int rtlsdr_set_offset_tuning(dongle *dev, int on)
{
    (void)dev;
    if (!on) return -2; /* as the R820T does, whatever it is asked */
    values[OFFSET] = on;
    return 0;
}

#define NOTHING(name) int name(void) { return 0; }
NOTHING(rtlsdr_set_dithering)
NOTHING(rtlsdr_set_gpio_output)
NOTHING(rtlsdr_set_gpio_input)
NOTHING(rtlsdr_set_gpio_bit)
NOTHING(rtlsdr_get_gpio_bit)
NOTHING(rtlsdr_set_gpio_byte)
NOTHING(rtlsdr_get_gpio_byte)
NOTHING(rtlsdr_set_gpio_status)
NOTHING(rtlsdr_set_xtal_freq)
NOTHING(rtlsdr_set_tuner_bandwidth)
NOTHING(rtlsdr_reset_buffer)
NOTHING(rtlsdr_read_sync)
NOTHING(rtlsdr_wait_async)

/* Bytes count up through all transfers, so that a missing or repeated one shows. */
int rtlsdr_read_async(dongle *dev, reader take, void *context, uint32_t buffers, uint32_t size)
{
    unsigned char *data = malloc(size), next = 0;
    (void)dev; (void)buffers;
    usleep(20000); /* a close right after opening comes before the reading */
    cancelled = 0;
    running = 1;
    while (!cancelled && !unplugged) {
        for (uint32_t i = 0; i < size; i++) data[i] = next++;
        take(data, size, context);
        usleep(5000);
    }
    running = 0;
    free(data);
    return unplugged ? -4 : 0; /* LIBUSB_ERROR_NO_DEVICE */
}
int rtlsdr_cancel_async(dongle *dev)
{
    (void)dev;
    if (!running) return -2; /* as librtlsdr: nothing to cancel yet, and the reading starts all the same */
    cancelled = 1;
    return 0;
}
