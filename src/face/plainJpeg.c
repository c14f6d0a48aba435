/*
 * Decodes plain JPEG photos with the libvips that sharp brings, in one piece on the calling thread. sharp's own way hands
 * every 16 rows from one thread to another, which takes longer than the decoding. What is not plain, or not sound, is
 * answered with null: sharp then reads it, and says what is wrong with it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <node_api.h>

typedef struct VipsImage VipsImage;
typedef struct VipsRegion VipsRegion;

/* Values of libvips' public enumerations. */
enum { VIPS_ACCESS_SEQUENTIAL = 1, VIPS_FAIL_ON_WARNING = 3, VIPS_FORMAT_UCHAR = 0, VIPS_INTERPRETATION_sRGB = 22 };

static struct {
  int (*jpegload_buffer)(void *, size_t, VipsImage **, ...);
  int (*image_get_width)(const VipsImage *);
  int (*image_get_height)(const VipsImage *);
  int (*image_get_bands)(const VipsImage *);
  int (*image_get_format)(const VipsImage *);
  int (*image_get_interpretation)(const VipsImage *);
  size_t (*image_get_typeof)(const VipsImage *, const char *);
  VipsRegion *(*region_new)(VipsImage *);
  unsigned char *(*region_fetch)(VipsRegion *, int, int, int, int, size_t *);
  void (*error_clear)(void);
  void (*thread_shutdown)(void);
  void (*unref)(void *);
  void (*release)(void *);
} vips;

static bool find(void *library, const char *name, void *function) {
  void *found = dlsym(library, name);
  *(void **)function = found;
  return found != NULL;
}

static bool find_all(void *library) {
  return find(library, "vips_jpegload_buffer", &vips.jpegload_buffer) &&
         find(library, "vips_image_get_width", &vips.image_get_width) &&
         find(library, "vips_image_get_height", &vips.image_get_height) &&
         find(library, "vips_image_get_bands", &vips.image_get_bands) &&
         find(library, "vips_image_get_format", &vips.image_get_format) &&
         find(library, "vips_image_get_interpretation", &vips.image_get_interpretation) &&
         find(library, "vips_image_get_typeof", &vips.image_get_typeof) &&
         find(library, "vips_region_new", &vips.region_new) &&
         find(library, "vips_region_fetch", &vips.region_fetch) &&
         find(library, "vips_error_clear", &vips.error_clear) &&
         find(library, "vips_thread_shutdown", &vips.thread_shutdown) &&
         find(library, "g_object_unref", &vips.unref) && find(library, "g_free", &vips.release);
}

static bool is_plain(const VipsImage *image, int32_t width, int32_t height) {
  return vips.image_get_width(image) == width && vips.image_get_height(image) == height &&
         vips.image_get_bands(image) == 3 && vips.image_get_format(image) == VIPS_FORMAT_UCHAR &&
         vips.image_get_interpretation(image) == VIPS_INTERPRETATION_sRGB &&
         vips.image_get_typeof(image, "icc-profile-data") == 0;
}

/* Rows of `width` times three bytes, to be released by g_free; NULL unless every one of them decoded. */
static unsigned char *decoded(void *bytes, size_t length, int32_t width, int32_t height, size_t *size) {
  VipsImage *image = NULL;
  unsigned char *pixels = NULL;
  if (vips.jpegload_buffer(bytes, length, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                           VIPS_FAIL_ON_WARNING, NULL) == 0) {
    if (is_plain(image, width, height)) {
      VipsRegion *region = vips.region_new(image);
      if (region != NULL) {
        pixels = vips.region_fetch(region, 0, 0, width, height, size);
        vips.unref(region);
      }
    }
    vips.unref(image);
  }
  if (pixels == NULL) vips.error_clear();
  /* It keeps buffers of each picture for a thread, until that says that it is done. */
  vips.thread_shutdown();
  return pixels;
}

static void let_go(napi_env env, void *pixels, void *hint) {
  (void)env;
  (void)hint;
  vips.release(pixels);
}

/* decode(bytes: Buffer, width: number, height: number): Buffer | null */
static napi_value decode(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  size_t count = 3;
  void *bytes;
  size_t length;
  int32_t width;
  int32_t height;
  bool is_buffer = false;
  napi_value answer = NULL;
  napi_get_null(env, &answer);
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count != 3 ||
      napi_is_buffer(env, arguments[0], &is_buffer) != napi_ok || !is_buffer ||
      napi_get_buffer_info(env, arguments[0], &bytes, &length) != napi_ok ||
      napi_get_value_int32(env, arguments[1], &width) != napi_ok ||
      napi_get_value_int32(env, arguments[2], &height) != napi_ok)
    return answer;
  size_t size = 0;
  unsigned char *pixels = decoded(bytes, length, width, height, &size);
  if (pixels != NULL && napi_create_external_buffer(env, size, pixels, let_go, NULL, &answer) != napi_ok)
    vips.release(pixels);
  return answer;
}

/* open(library: string): decode, or null where that library is not what it should be */
static napi_value open_library(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  size_t count = 1;
  char path[4096];
  size_t length;
  napi_value answer = NULL;
  napi_get_null(env, &answer);
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count != 1 ||
      napi_get_value_string_utf8(env, arguments[0], path, sizeof path, &length) != napi_ok)
    return answer;
  /* sharp has loaded and initialised it; a second copy would not be. */
  void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (library != NULL && find_all(library))
    napi_create_function(env, "decode", NAPI_AUTO_LENGTH, decode, NULL, &answer);
  return answer;
}

NAPI_MODULE_INIT() {
  napi_value open = NULL;
  napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_library, NULL, &open);
  napi_set_named_property(env, exports, "open", open);
  return exports;
}
