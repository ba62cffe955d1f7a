# Everything here goes through packaging/bootstrap.py, which is the same on Windows: py packaging/bootstrap.py run|test|check|setup
PYTHON ?= python3

.PHONY: run test check setup lock
run test check setup lock:
	@$(PYTHON) packaging/bootstrap.py $@
