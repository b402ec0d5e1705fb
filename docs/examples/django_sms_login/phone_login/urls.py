"""The addresses of the login."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "phone_login"
urlpatterns = [
    path("login/code/", views.send_code, name="send-code"),
    path("login/", views.log_in, name="log-in"),
]
