/* Lets a process see a time of day that is off by the seconds in the file that SOAK_CLOCK names, and nothing else:
   time that is measured goes on as it does. Preloaded. (libfaketime breaks timed waits of .NET.) */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int (*real)(clockid_t, struct timespec *);
static volatile int64_t *shift;

static void __attribute__((constructor)) begin(void) {
    real = dlsym(RTLD_NEXT, "clock_gettime");
    int f = open(getenv("SOAK_CLOCK"), O_RDONLY);
    void *p = mmap(NULL, 8, PROT_READ, MAP_SHARED, f, 0);
    if (p != MAP_FAILED) shift = p;
    close(f);
}

int clock_gettime(clockid_t id, struct timespec *now) {
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, now);
    if (result == 0 && shift && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) now->tv_sec += *shift;
    return result;
}
