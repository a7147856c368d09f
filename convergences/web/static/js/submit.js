// A form that the page posts by itself; its button does the same without this file.
document.querySelector("form[data-submit]")?.submit();
