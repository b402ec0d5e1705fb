"""Two views: send a code, check it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from jsmskit.verification import Advice, AdviceKind, TooManyRequestsError, VerificationStoreError

from .forms import CodeForm, PhoneForm
from .verification import address, verifications, words


def show(request: HttpRequest, form: PhoneForm, advice: Advice | None, status: int) -> HttpResponse:
    """Return the page with a form, and what to tell the user."""
    return render(request, "phone_login/login.html", {"form": form, "told": words(advice)}, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def send_code(request: HttpRequest) -> HttpResponse:
    """Send a code. The answer is the same whether or not the number has an account here."""
    form = PhoneForm(request.POST or None)
    if not form.is_valid():
        return show(request, form, None, 422 if form.is_bound else 200)
    phone = form.cleaned_data["phone"]
    try:
        started = verifications().start(phone, purpose="login", ip=address(request))
    except TooManyRequestsError as error:
        response = show(request, form, error.advice, 429)
        response["Retry-After"] = str(error.retry_after)
        return response
    except VerificationStoreError:
        return show(request, form, Advice(AdviceKind.TRY_LATER), 503)
    if not started:
        status = 422 if started.advice.kind is AdviceKind.CORRECT_NUMBER else 503
        return show(request, form, started.advice, status)
    return show(request, CodeForm(initial={"phone": phone}), started.advice, 202)


@sensitive_post_parameters()
@require_http_methods(["POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Check a code. Only now look up whose number it is."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return show(request, form, None, 422)
    try:
        checked = verifications().check(form.cleaned_data["phone"], form.cleaned_data["code"], purpose="login")
    except VerificationStoreError:
        return show(request, form, Advice(AdviceKind.TRY_LATER), 503)
    if not checked:
        return show(request, form, checked.advice, 401)
    request.session.cycle_key()  # in a project: django.contrib.auth.login(request, user)
    request.session["phone"] = checked.phone
    return redirect("/")
