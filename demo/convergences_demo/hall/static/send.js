document.getElementById('vers-le-portail').submit();
