/* SPDX-License-Identifier: Apache-2.0 */
/* Where stars stand at a moment above a place, and whether the dome gets there. */
#include <assert.h>
#include <getopt.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <observatory/Pointing.idl.h>

#define RAD(degrees) ((degrees) * M_PI / 180.0)
#define DEG(radians) ((radians) * 180.0 / M_PI)

static const char catalogue[] = "Sirius;6:45:08.92;-16:42:58.0;-1.46\n"
                                "Vega;18:36:56.34;+38:47:01.3;0.03\n"
                                "Polaris;2:31:49.09;+89:15:50.8;1.98\n"
                                "Deneb;20:41:25.9\n";

struct star {
    char name[16];
    double ascension, declination, magnitude; /* radians */
    double azimuth, altitude;                 /* degrees */
    double latitude, sidereal;
};

static int parse(char *line, struct star *star)
{
    int hours, minutes, degrees, arc_minutes;
    double seconds, arc_seconds;
    if (sscanf(line, "%15[^;];%d:%d:%lf;%d:%d:%lf;%lf", star->name, &hours, &minutes, &seconds, &degrees, &arc_minutes, &arc_seconds,
               &star->magnitude) != 8)
        return -1;
    star->ascension = RAD((hours + minutes / 60.0 + seconds / 3600.0) * 15.0);
    star->declination = RAD(copysign(abs(degrees) + arc_minutes / 60.0 + arc_seconds / 3600.0, degrees));
    return 0;
}

static void *place(void *arg)
{
    struct star *star = arg;
    double hour_angle = star->sidereal - star->ascension;
    double altitude = asin(sin(star->latitude) * sin(star->declination) + cos(star->latitude) * cos(star->declination) * cos(hour_angle));
    double azimuth = atan2(-sin(hour_angle), tan(star->declination) * cos(star->latitude) - sin(star->latitude) * cos(hour_angle));
    star->altitude = DEG(altitude);
    star->azimuth = fmod(DEG(azimuth) + 360.0, 360.0);
    return star;
}

static double sidereal(time_t when, double longitude)
{
    double days = when / 86400.0 + 2440587.5 - 2451545.0;
    return RAD(fmod(280.46061837 + 360.98564736629 * days + longitude, 360.0));
}

int main(int argc, char *argv[])
{
    static const struct option options[] = {{"site", required_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
    struct star stars[8];
    pthread_t threads[8];
    double latitude = 0, longitude = 0;
    int option, most = 0, count = 0;
    time_t when = 1735689600;
    struct tm tm;
    char text[64], *copy = strdup(catalogue), *rest = NULL;

    while ((option = getopt_long(argc, argv, "n:s:", options, NULL)) != -1) {
        if (option == 'n')
            most = atoi(optarg);
        else if (option == 's' && sscanf(optarg, "%lf,%lf", &latitude, &longitude) != 2)
            return EXIT_FAILURE;
    }

    tzset();
    strftime(text, sizeof(text), "%d.%m.%Y %H:%M %Z", localtime_r(&when, &tm));
    fprintf(stderr, "[telescope] %s at %.4f N %.4f E, at most %d\n", text, latitude, longitude, most);

    for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        if (parse(line, &stars[count]) < 0) {
            fprintf(stderr, "[telescope] cannot read '%s'\n", line);
            continue;
        }
        stars[count].latitude = RAD(latitude);
        stars[count].sidereal = sidereal(when, longitude);
        int err = pthread_create(&threads[count], NULL, place, &stars[count]);
        assert(err == 0);
        count++;
    }
    free(copy);

    Handle handle = ServiceLocatorConnect("dome_connection");
    nk_iid_t riid = ServiceLocatorGetRiid(handle, "pointing");
    NkKosTransport transport;
    struct observatory_Pointing_proxy proxy;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    observatory_Pointing_proxy_init(&proxy, &transport.base, riid);

    for (int i = 0; i < count && i < most; i++) {
        void *result;
        pthread_join(threads[i], &result);
        struct star *star = result;
        printf("[telescope] %-8s %5.2f mag: azimuth %8.4f, altitude %+8.4f%s\n", star->name, star->magnitude, star->azimuth, star->altitude,
               star->altitude < 0 ? ", below the horizon" : "");
        if (star->altitude < 0)
            continue;
        observatory_Pointing_Turn_req turn = {.azimuth = (nk_sint32_t)lround(star->azimuth * 1e6), .altitude = (nk_sint32_t)lround(star->altitude * 1e6)};
        observatory_Pointing_Turn_res turned;
        if (observatory_Pointing_Turn(&proxy.base, &turn, NULL, &turned, NULL) != NK_EOK) {
            perror("Turn");
            continue;
        }
        observatory_Pointing_Where_req where = {.ticket = turned.ticket};
        observatory_Pointing_Where_res at;
        if (observatory_Pointing_Where(&proxy.base, &where, NULL, &at, NULL) == NK_EOK)
            printf("[telescope] there after %u steps: %.3e rad off\n", at.steps,
                   hypot(RAD(at.azimuth / 1e6 - star->azimuth), RAD(at.altitude / 1e6 - star->altitude)) < 1e-7 ? 0.0 : 1.0);
    }
    return EXIT_SUCCESS;
}
