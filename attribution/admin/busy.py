"""Pages on which somebody may have to wait for an import or a repair of the company."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.shortcuts import redirect

from attribution.repair.locking import Busy

Extra = dict[str, Any] | None


class SaysWhoIsBusy(admin.ModelAdmin[Any]):
    """Nothing is saved then; the page says why and is shown anew."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Extra = None,
    ) -> Any:
        view = super().changeform_view
        return self._or_busy(request, lambda: view(request, object_id, form_url, extra_context))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Extra = None) -> Any:
        view = super().delete_view
        return self._or_busy(request, lambda: view(request, object_id, extra_context))

    def changelist_view(self, request: HttpRequest, extra_context: Extra = None) -> Any:
        view = super().changelist_view
        return self._or_busy(request, lambda: view(request, extra_context))

    def _or_busy(self, request: HttpRequest, view: Callable[[], Any]) -> Any:
        try:
            return view()
        except Busy as busy:
            self.message_user(request, str(busy), messages.ERROR)
            return redirect(request.path)
