// What C and FFTW reach for 8-bit I/Q to an averaged power spectrum; compiled and run by spectrum_peers.py.
//
// psd limit: one loop that converts and windows, the transform, one loop that squares and adds.
// psd rtl_power_fftw: the same steps as that program takes them (its dispatcher and accumulator, without its threads
// and queues): a sample at a time, its sign alternating, sums in double precision.
// Prints million samples a second of processor time.
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fftw3.h>
#include <vector>

namespace {

constexpr int bins = 2048, samples = 131072, repeats = 12, turns = 40;
using Sample = std::complex<float>;

struct Work {
    std::vector<unsigned char> raw;
    std::vector<float> window, sum;
    std::vector<double> power;
    Sample *in, *out;
    fftwf_plan plan;
};

void plainly(Work &work)
{
    float *in = reinterpret_cast<float *>(work.in);
    const float *out = reinterpret_cast<const float *>(work.out), *window = work.window.data();
    float *sum = work.sum.data();
    for (const unsigned char *bytes = work.raw.data(); bytes < work.raw.data() + 2 * samples; bytes += 2 * bins) {
        for (int i = 0; i < 2 * bins; i++)
            in[i] = (static_cast<float>(bytes[i]) * (1.0f / 127.5f) - 1.0f) * window[i];
        fftwf_execute(work.plan);
        for (int i = 0; i < 2 * bins; i++)
            sum[i] += out[i] * out[i];
    }
}

// As there: the length and whether there is a window are known only when it runs, frames may end within a buffer.
void sample_by_sample(Work &work, int length, bool windowed)
{
    std::size_t at = 0;
    int filled = 0;
    while (at < work.raw.size()) {
        while (filled < length && at < work.raw.size()) {
            const float sign = filled % 2 == 0 ? 1.0f : -1.0f;
            const Sample value(work.raw[at], work.raw[at + 1]);
            work.in[filled] = (value - Sample(127.0f, 127.0f)) * sign;
            if (windowed)
                work.in[filled] *= work.window[2 * filled];
            at += 2;
            filled++;
        }
        if (filled < length)
            break;
        filled = 0;
        fftwf_execute(work.plan);
        for (int i = 0; i < length; i++)
            work.power[i] += std::pow(work.out[i].real(), 2) + std::pow(work.out[i].imag(), 2);
    }
}

}  // namespace

int main(int count, char **words)
{
    const int length = count > 2 ? std::atoi(words[2]) : bins;
    const bool limit = count < 2 || std::strcmp(words[1], "rtl_power_fftw") != 0;
    Work work{std::vector<unsigned char>(2 * samples), std::vector<float>(2 * bins), std::vector<float>(2 * bins),
              std::vector<double>(bins), reinterpret_cast<Sample *>(fftwf_alloc_complex(bins)),
              reinterpret_cast<Sample *>(fftwf_alloc_complex(bins)), nullptr};
    unsigned int seed = 1;
    for (unsigned char &byte : work.raw) {
        seed = seed * 1664525u + 1013904223u;
        byte = static_cast<unsigned char>(seed >> 24);
    }
    for (int i = 0; i < 2 * bins; i++)
        work.window[i] = static_cast<float>((0.5 - 0.5 * std::cos(6.283185307179586 * (i / 2) / bins)) / (bins / 2));
    work.plan = fftwf_plan_dft_1d(bins, reinterpret_cast<fftwf_complex *>(work.in),
                                  reinterpret_cast<fftwf_complex *>(work.out), FFTW_FORWARD, FFTW_MEASURE);
    double best = 0.0;
    for (int turn = 0; turn < turns; turn++) {
        const std::clock_t start = std::clock();
        for (int repeat = 0; repeat < repeats; repeat++)
            limit ? plainly(work) : sample_by_sample(work, length, length > 1);
        const double rate = repeats * (samples / 1e6) * CLOCKS_PER_SEC / static_cast<double>(std::clock() - start);
        best = rate > best ? rate : best;
    }
    std::printf("%.1f\n", best);
    return work.sum[5] + work.power[5] > 0.0 ? 0 : 1;
}
