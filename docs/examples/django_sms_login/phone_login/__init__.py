"""Login by SMS as a Django application.

# settings.py
INSTALLED_APPS = [..., "phone_login"]
CACHES = {"codes": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env("REDIS_URL")}}
PHONE_LOGIN = {"CACHE": "codes", "POLICY": {"budget_hour": 200}}

# urls.py
urlpatterns = [path("", include("phone_login.urls"))]
"""
